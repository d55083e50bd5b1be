// Cuts what the fake speaks out of GitHub's official description of its REST API, and writes it to fixtures/:
//   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
//   node test/github/fake/make-slice.mjs package/generated/api.github.com.json
// Kept are paths, parameters, bodies and the schemas of good answers, without prose. What is not here gets 501.
import { readFileSync, writeFileSync } from 'node:fs';

const operations = `
  actions/create-workflow-dispatch actions/download-artifact actions/get-artifact actions/get-workflow
  actions/get-workflow-run actions/list-artifacts-for-repo actions/list-repo-workflows
  actions/list-workflow-run-artifacts actions/list-workflow-runs actions/list-workflow-runs-for-repo
  git/create-blob git/create-commit git/create-ref git/create-tag git/create-tree git/delete-ref git/get-blob
  git/get-commit git/get-ref git/get-tag git/get-tree git/list-matching-refs git/update-ref
  issues/add-labels issues/create issues/create-comment issues/create-label issues/delete-comment issues/get
  issues/get-comment issues/list-comments issues/list-events issues/list-for-repo issues/list-labels-for-repo
  issues/list-labels-on-issue issues/remove-label issues/update issues/update-comment
  pulls/create pulls/get pulls/list pulls/list-files pulls/update
  repos/compare-commits-with-basehead repos/create-commit-status repos/create-deployment
  repos/create-deployment-status repos/create-dispatch-event repos/create-or-update-environment
  repos/create-release repos/delete-release repos/get repos/get-collaborator-permission-level
  repos/get-combined-status-for-ref repos/get-commit repos/get-content repos/get-deployment repos/get-environment
  repos/get-all-environments repos/get-latest-release repos/get-release repos/get-release-by-tag
  repos/list-commit-statuses-for-ref repos/list-commits repos/list-deployment-statuses repos/list-deployments
  repos/list-pull-requests-associated-with-commit repos/list-releases repos/update-release
  rate-limit/get users/get-authenticated users/get-by-username teams/get-by-name
  teams/get-membership-for-user-in-org`
  .trim()
  .split(/\s+/);

const prose = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'summary',
  'deprecated',
]);

const [source] = process.argv.slice(2);
const whole = JSON.parse(readFileSync(source, 'utf8'));
const schemas = {};

/** JSON Schema proper: without prose, `nullable` as a type. */
function lean(value, isMap = false) {
  if (Array.isArray(value)) return value.map((each) => lean(each));
  if (value === null || typeof value !== 'object') return value;
  if (typeof value.$ref === 'string') {
    const name = value.$ref.split('/').at(-1);
    take(name);
    return { $ref: `#/components/schemas/${name}` };
  }
  const entries = Object.entries(value).filter(
    ([key]) => isMap || !(prose.has(key) || key.startsWith('x-') || key === 'nullable' || key === 'default'),
  );
  const made = Object.fromEntries(
    entries.map(([key, each]) => [key, lean(each, key === 'properties' && !isMap)]),
  );
  if (isMap || value.nullable !== true) return made;
  if (made.enum !== undefined) made.enum = [...new Set([...made.enum, null])];
  if (typeof made.type === 'string') made.type = [made.type, 'null'];
  if (made.type !== undefined || made.enum !== undefined) return made;
  return Object.keys(made).length === 0 ? made : { anyOf: [made, { type: 'null' }] };
}

function take(name) {
  if (name in schemas) return;
  schemas[name] = {};
  schemas[name] = lean(whole.components.schemas[name]);
}

function resolved(each) {
  return each.$ref === undefined
    ? each
    : each.$ref
        .split('/')
        .slice(1)
        .reduce((at, key) => at[key], whole);
}

const found = {};
for (const [path, methods] of Object.entries(whole.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    if (!operations.includes(operation.operationId)) continue;
    const parameters = (operation.parameters ?? []).map(resolved);
    const body = resolved(operation.requestBody ?? {});
    const answers = {};
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (!/^[23]/.test(status)) continue;
      const schema = resolved(answer).content?.['application/json']?.schema;
      answers[status] = schema === undefined ? null : lean(schema);
    }
    const bodySchema = body.content?.['application/json']?.schema;
    found[operation.operationId] = {
      method: method.toUpperCase(),
      path,
      parameters: parameters.map(({ name, in: place, required, schema }) => ({
        name,
        in: place,
        ...(required ? { required } : {}),
        schema: lean(schema),
      })),
      ...(bodySchema === undefined ? {} : { body: lean(bodySchema), bodyRequired: body.required === true }),
      answers,
    };
  }
}
const missing = operations.filter((id) => !(id in found));
if (missing.length > 0) throw new Error(`The description has no ${missing.join(', ')}`);
const slice = {
  source: `@octokit/openapi ${whole.info.version}`,
  operations: found,
  components: { schemas },
};
writeFileSync(new URL('fixtures/api-slice.json', import.meta.url), `${JSON.stringify(slice)}\n`);
