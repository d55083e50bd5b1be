import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, Placed, ServingDraft } from './checking.ts';
import { column, members, textsAt, unknownColumn, unknownName } from './checking.ts';

/** Versions, keys, headers and addresses of `serving:`. Its shape, forms of versions and the share are checked before. */
export const checkServing: Check = (checking) => {
  const { serving } = checking.draft;
  if (serving === undefined) return [];
  return [
    ...withoutModel(checking),
    ...versions(serving).flatMap((version) => unknownStage(checking, version)),
    ...twice(checking, serving),
    ...canaryKey(checking, serving),
    ...header(checking, { value: serving.variants?.header, path: ['serving', 'variants', 'header'] }),
    ...logTarget(checking, serving),
  ];
};

function withoutModel({ draft, places }: Checking): readonly FileFailure[] {
  if (Object.hasOwn(draft, 'model')) return [];
  const remedy = 'say under `model:` which step gives it';
  return [
    mistake('pipeline-serving-model', 'there is no model to serve', places.keyPlace(['serving']), remedy),
  ];
}

function versions({ shadow, canary, variants }: ServingDraft): readonly Placed<string>[] {
  return [
    ...textsAt(shadow, ['serving', 'shadow']),
    ...textsAt(canary?.version, ['serving', 'canary', 'version']),
    ...members(variants?.versions).map(([value, version]) => ({
      value: version,
      path: ['serving', 'variants', 'versions', value],
    })),
  ];
}

function unknownStage({ places, stages }: Checking, { value, path }: Placed<string>): readonly FileFailure[] {
  const stage = value.slice(1);
  if (!value.startsWith('#') || stages === undefined || stages.includes(stage)) return [];
  const none = 'declare it under `stages:` of trainyard.yaml, or name a version: `@v1.4.0`';
  const where = { place: places.place(path), none, plural: stages.length === 1 ? 'stage' : 'stages' };
  return [
    unknownName('pipeline-serving-stage', `there is no stage ${shown(stage)}`, stage, stages, where),
  ].map(withMark);
}

/** The stage as it is written here: with its mark. */
function withMark(failure: FileFailure): FileFailure {
  const remedy = failure.remedy?.replace(/^did you mean `/, 'did you mean `#');
  return remedy === undefined ? failure : { ...failure, remedy };
}

/** A shadow twice gets every copy twice; of a canary that is a shadow, some requests would be asked twice and some not. */
function twice({ places }: Checking, { shadow, canary }: ServingDraft): readonly FileFailure[] {
  const seen = new Map<string, Placed<string>>();
  return [
    ...textsAt(shadow, ['serving', 'shadow']),
    ...textsAt(canary?.version, ['serving', 'canary', 'version']),
  ].flatMap((version) => {
    const first = seen.get(version.value);
    seen.set(version.value, first ?? version);
    if (first === undefined) return [];
    const { line } = places.place(first.path);
    const message = `${shown(version.value)} is already a shadow (line ${line})`;
    return [
      mistake(
        'pipeline-serving-twice',
        message,
        places.place(version.path),
        'give every version one part to play',
      ),
    ];
  });
}

/** A column may be personal: its value is hashed in the memory of the server, and goes nowhere. */
function canaryKey(checking: Checking, { canary }: ServingDraft): readonly FileFailure[] {
  const { draft, places, contracts } = checking;
  const key = canary?.key;
  if (key === undefined) return [];
  const path = ['serving', 'canary', 'key'];
  if (key.startsWith('header:'))
    return header(checking, { value: key.slice('header:'.length), path }, 'header:');
  const datasets = members(draft.data);
  if (datasets.some(([, { target }]) => target === key)) {
    const remedy = 'name another column, or a header: `header:x-customer`';
    return [
      mistake(
        'pipeline-serving-key',
        `${shown(key)} is the target, which no request holds`,
        places.place(path),
        remedy,
      ),
    ];
  }
  // Of a dataset without a contract, anything may be a column.
  const known = datasets.flatMap(([name]) => contracts.get(name) ?? []);
  if (known.length === 0 || known.length < Object.keys(draft.data ?? {}).length) return [];
  if (known.some((contract) => column(contract, key) !== undefined)) return [];
  return [unknownColumn(checking, known[0]!, { value: key, path })];
}

/** RFC 9110, section 5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What these say is about the connection, the body, or who asks. */
const taken: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'cookie',
  'host',
  'te',
  'transfer-encoding',
  'upgrade',
]);

function header(
  { places }: Checking,
  { value, path }: { readonly value: string | undefined; readonly path: Placed<string>['path'] },
  prefix = '',
): readonly FileFailure[] {
  if (value === undefined) return [];
  const because = !token.test(value)
    ? 'is no name of a header'
    : taken.has(value.toLowerCase())
      ? 'is a header with a meaning of its own'
      : undefined;
  if (because === undefined) return [];
  const remedy = `write one of your own: \`${prefix}x-customer\``;
  return [mistake('pipeline-serving-header', `${shown(value)} ${because}`, places.place(path), remedy)];
}

function logTarget({ places }: Checking, { log }: ServingDraft): readonly FileFailure[] {
  const to = log?.to;
  const problem = to === undefined ? undefined : problemOfTarget(to);
  if (problem === undefined) return [];
  const [message, remedy] = problem;
  return [mistake('pipeline-serving-log', message, places.place(['serving', 'log', 'to']), remedy)];
}

function problemOfTarget(to: string): readonly [string, string] | undefined {
  const file = /^file:(?:\/\/(?=\/))?(.*)$/.exec(to)?.[1];
  if (file !== undefined) {
    return file.split(/[\\/]/).includes('..')
      ? [`${shown(to)} leads out of the repository`, 'name a folder below the root, or an absolute one']
      : undefined;
  }
  if (!URL.canParse(to)) return [`${shown(to)} is no address`, 'write `https://host/path`'];
  const url = new URL(to);
  if (url.username !== '' || url.password !== '') {
    return ['an address in a file must not hold a password', 'give it to the server by its environment'];
  }
  const bucket = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
  return url.protocol === 's3:' && !bucket.test(url.hostname)
    ? [`${shown(url.hostname)} cannot be the name of a bucket`, 'write `s3://bucket/prefix`']
    : undefined;
}
