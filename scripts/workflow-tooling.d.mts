import type { FeatureFlags } from '@actions/expressions';
import type { validate } from '@actions/languageservice';
import type {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
} from '@actions/workflow-parser';
import type { ErrorPolicy } from '@actions/workflow-parser/model/convert';
import type { TextDocument } from 'vscode-languageserver-textdocument';

/** GitHub's own parser and language service, bundled. */
export interface WorkflowTooling {
  readonly parseWorkflow: typeof parseWorkflow;
  readonly convertWorkflowTemplate: typeof convertWorkflowTemplate;
  readonly NoOperationTraceWriter: typeof NoOperationTraceWriter;
  readonly ErrorPolicy: typeof ErrorPolicy;
  readonly FeatureFlags: typeof FeatureFlags;
  readonly validate: typeof validate;
  readonly TextDocument: typeof TextDocument;
}

export function workflowTooling(): Promise<WorkflowTooling>;
