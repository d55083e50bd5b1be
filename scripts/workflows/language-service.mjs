import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workflowTooling } from '../workflow-tooling.mjs';

/** What our rules for actions of this repository say too, with the names that there are. */
const isOurs = /^(Invalid action input|Missing required input|Unable to resolve action `\$\/)/;

const notReusable = /^(workflow_call key is not defined in|Unable to find reusable workflow)/;

/** What GitHub's own language service says of a workflow or an action, with all its features on. */
export async function languageServiceFindings(files, yaml) {
  const { validate, TextDocument, FeatureFlags } = await workflowTooling();
  const uri = pathToFileURL(join(files.folder, yaml.file)).href;
  const language = yaml.path === undefined ? 'github-actions-workflow' : 'github-actions-action';
  const document = TextDocument.create(uri, language, 1, yaml.text);
  const diagnostics = await validate(document, {
    featureFlags: new FeatureFlags({ all: true }),
    // Actions of other repositories cannot be asked here; those of this one are checked by our own rule for inputs.
    actionsMetadataProvider: { fetchActionMetadata: async () => ({ name: '', description: '' }) },
    fileProvider: {
      getFileContent: async ({ path }) => {
        const found = [...files.workflows, ...files.actions].find(({ file }) => file === path);
        if (found === undefined) throw new Error(`there is no file ${path}`);
        return { name: path, content: found.text };
      },
    },
  });
  const lines = yaml.text.split('\n');
  return diagnostics
    .filter(({ message, range }) => {
      // A workflow of another repository cannot be read here.
      const isElsewhere = notReusable.test(String(message)) && lines[range.start.line]?.includes('@');
      return !isElsewhere && !isOurs.test(String(message));
    })
    .map(({ message, range: { start } }) => ({
      file: yaml.file,
      line: start.line + 1,
      column: start.character + 1,
      rule: 'language-service',
      message: String(message),
    }));
}
