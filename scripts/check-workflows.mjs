import { resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { actionFindings } from './workflows/action-rules.mjs';
import { actionlintFindings } from './workflows/actionlint.mjs';
import { readFiles } from './workflows/files.mjs';
import { languageServiceFindings } from './workflows/language-service.mjs';
import { workflowFindings } from './workflows/workflow-rules.mjs';

/*
 * Checks the workflows and actions of a folder without running them: by GitHub's own language service, by actionlint,
 * and by rules for what neither finds (workflows/action-rules.mjs and workflows/workflow-rules.mjs). Prints what it finds
 * as `file:line:column: rule: message`, or as annotations with `--annotations`, and ends with 1 when there is something.
 */

/** @returns {Promise<readonly import('./workflows/finding.d.mts').Finding[]>} in the order of files and lines */
export async function checkWorkflows(folder) {
  const files = readFiles(folder);
  const findings = [];
  for (const workflow of files.workflows) {
    findings.push(...(await languageServiceFindings(files, workflow)));
    if (workflow.root === undefined) continue;
    findings.push(...(await actionlintFindings(files, workflow)));
    findings.push(...workflowFindings(files, workflow));
  }
  for (const action of files.actions) {
    findings.push(...(await languageServiceFindings(files, action)));
    if (action.root !== undefined) findings.push(...actionFindings(files, action));
  }
  return findings.sort(
    (a, b) =>
      a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.rule.localeCompare(b.rule),
  );
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const annotations = process.argv.includes('--annotations');
  const folder = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '.';
  const findings = await checkWorkflows(folder);
  for (const { file, line, column, rule, message } of findings) {
    console.log(
      annotations
        ? `::error file=${file},line=${line},col=${column},title=${rule}::${message.replaceAll('\n', '%0A')}`
        : `${file}:${line}:${column}: ${rule}: ${message}`,
    );
  }
  // actionlint's WebAssembly keeps the process from ending by itself.
  process.exit(findings.length === 0 ? 0 : 1);
}
