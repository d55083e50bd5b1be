import { loadSources } from './sources.mjs';
import { cell } from './tables.mjs';

/** Stands for a model, kept in a log: enough for every route to be there. */
function sampleFleet() {
  const manifest = { golden: [], lineage: {}, columns: [] };
  const info = {
    task: 'regression',
    classes: [],
    inputs: [],
    outputs: [{ name: 'value', type: 'float', shape: [null, 1], dims: [null, 1] }],
  };
  const version = { name: 'VERSION', engine: { servable: { manifest, info, columns: [], schema: {} } } };
  const model = { name: 'MODEL', served: version, versions: new Map([['VERSION', version]]) };
  return { models: () => [model], model: () => model, readiness: () => ({ ready: true, models: {} }) };
}

/** What can be asked of a server, from the description that it gives of itself at `/openapi.json`. */
export async function serverApi() {
  const sources = await loadSources([
    'serve/openapi/document.ts',
    'serve/simple/describe.ts',
    'serve/log/describe-feedback.ts',
    'serve/routes/health.ts',
    'serve/routes/openapi.ts',
    'serve/v2/describe.ts',
  ]);
  const document = sources.openApiDocument(sampleFleet(), {
    serverVersion: '0.0.0',
    hasAccess: true,
    parts: [
      (fleet) => sources.describeSimple(fleet, 10_000),
      (fleet) => sources.describeFeedback(fleet, { of: () => ({}) }, 10_000),
      sources.describeHealth,
      sources.describeOpenApi,
      sources.protocolApi,
    ],
  });
  const rows = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const table = rows.map(({ path, method, operation }) => {
    const shown = path.replace('MODEL', '<model>').replace(/VERSION|\{version\}/, '<version>');
    const answers = Object.keys(operation.responses)
      .filter((status) => status < '300')
      .join(', ');
    const needs =
      Array.isArray(operation.security) && operation.security.length === 0 ? 'nothing' : 'a key or token';
    const summary = plain(operation.summary);
    return `| \`${method} ${shown}\` | ${cell(summary)} | ${answers} | ${needs} |`;
  });
  const statuses = new Map();
  for (const { path, operation } of rows) {
    if (!path.startsWith('/predict/') || path.includes('VERSION')) continue;
    for (const [status, { description }] of Object.entries(operation.responses))
      statuses.set(status, plain(description));
  }
  // A server says it of the models that it lists.
  statuses.set('404', 'Nothing of this name is served.');
  return [
    '## Routes',
    ['| call | does | answers | needs |', '| --- | --- | --- | --- |', ...table].join('\n'),
    '## Statuses of a prediction',
    [
      '| status | when |',
      '| --- | --- |',
      ...[...statuses].sort().map(([status, text]) => `| ${status} | ${cell(text)} |`),
    ].join('\n'),
  ].join('\n\n');
}

function plain(text) {
  return text.replaceAll('MODEL', '`<model>`').replaceAll('VERSION', '`<version>`');
}
