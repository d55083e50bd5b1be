/* What workflow-tooling.mjs bundles: Node cannot start this file itself. */
export { FeatureFlags } from '@actions/expressions';
export { validate } from '@actions/languageservice';
export { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
export { ErrorPolicy } from '@actions/workflow-parser/model/convert';
export { TextDocument } from 'vscode-languageserver-textdocument';
