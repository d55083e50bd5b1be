import { isUtf8 } from 'node:buffer';
import type { ErrorObject } from 'ajv';
import type { Document, LineCounter } from 'yaml';
import type { Place, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { AccessFile } from './access-file.ts';
import type { AccessFailure } from './failures.ts';
import { accessFileInvalid } from './failures.ts';

const largestFile = 2 ** 20;

type Path = readonly (string | number)[];

/** Reads an access file, or tells every mistake in it at its line and column. */
export async function readAccessFile(
  file: string,
  bytes: Uint8Array,
): Promise<Result<AccessFile, readonly AccessFailure[]>> {
  if (bytes.length > largestFile)
    return failed([accessFileInvalid({ file }, `the file is larger than ${largestFile} bytes`)]);
  if (!isUtf8(bytes)) return failed([accessFileInvalid({ file }, 'the file is not UTF-8')]);
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(new TextDecoder().decode(bytes), {
    version: '1.2',
    lineCounter: lines,
  });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lines.linePos(syntax.pos[0]);
    const message = syntax.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
    return failed([accessFileInvalid({ file, line, column: col }, message)]);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return failed([accessFileInvalid({ file }, error instanceof Error ? error.message : String(error))]);
  }
  const at = (path: Path, isKey = false): Place =>
    placeOf({ file, document, lines, isMap: yaml.isMap, isScalar: yaml.isScalar }, path, isKey);
  const mistakes = await shapeMistakes(value, at);
  if (mistakes.length > 0) return failed(mistakes);
  const access = value as AccessFile;
  const wrong = meaningMistakes(access, at);
  return wrong.length > 0 ? failed(wrong) : success(access);
}

type At = (path: Path, isKey?: boolean) => Place;

async function shapeMistakes(value: unknown, at: At): Promise<readonly AccessFailure[]> {
  const [{ Ajv }, { accessFileSchema }] = await Promise.all([
    import('ajv'),
    import('./schemas/access-file-schema.ts'),
  ]);
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, validateSchema: false, meta: false });
  const check = ajv.compile(accessFileSchema);
  if (check(value)) return [];
  const mistakes = new Map<string, AccessFailure>();
  for (const error of check.errors ?? []) {
    const { path, isKey, message } = mistakeOf(error);
    const place = at(path, isKey);
    mistakes.set(`${place.line}:${place.column} ${message}`, accessFileInvalid(place, message));
  }
  return [...mistakes.values()].slice(0, 20);
}

function mistakeOf(error: ErrorObject): { path: Path; isKey: boolean; message: string } {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const name = path.length === 0 ? 'the file' : path.join('.');
  switch (error.keyword) {
    case 'additionalProperties': {
      const extra = String(error.params['additionalProperty']);
      return { path: [...path, extra], isKey: true, message: `${extra} is not known here` };
    }
    case 'required':
      return { path, isKey: false, message: `${name} lacks ${error.params['missingProperty']}` };
    case 'enum':
      return {
        path,
        isKey: false,
        message: `${name} must be one of ${(error.params['allowedValues'] as string[]).join(', ')}`,
      };
    case 'const':
      return { path, isKey: false, message: `${name} must be ${error.params['allowedValue']}` };
    default:
      return { path, isKey: false, message: `${name} ${error.message ?? 'is wrong'}` };
  }
}

/** What a shape cannot say. Nothing of a digest is repeated. */
function meaningMistakes({ keys = [], tokens = [] }: AccessFile, at: At): readonly AccessFailure[] {
  const mistakes: AccessFailure[] = [];
  const twice = (values: readonly string[], name: string, path: (i: number) => Path): void => {
    for (const [i, value] of values.entries())
      if (values.indexOf(value) !== i) mistakes.push(accessFileInvalid(at(path(i)), `${name} stands twice`));
  };
  twice(
    keys.map(({ name }) => name),
    'this name',
    (i) => ['keys', i, 'name'],
  );
  twice(
    keys.map(({ sha256 }) => sha256),
    'this key',
    (i) => ['keys', i, 'sha256'],
  );
  twice(
    tokens.map(({ issuer }) => issuer),
    'this issuer',
    (i) => ['tokens', i, 'issuer'],
  );
  for (const [i, { jwks }] of tokens.entries()) {
    if (!/^https?:/i.test(jwks)) continue;
    if (!URL.canParse(jwks) || !isSafe(new URL(jwks))) {
      const message = 'jwks must begin with https:// (http:// only for this machine)';
      mistakes.push(accessFileInvalid(at(['tokens', i, 'jwks']), message));
    }
  }
  return mistakes;
}

function isSafe({ protocol, hostname }: URL): boolean {
  return (
    protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  );
}

interface Parsed {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  readonly isMap: typeof import('yaml').isMap;
  readonly isScalar: typeof import('yaml').isScalar;
}

/** Of the value at a path, or of the key that names it; of what is nearest above when there is none. */
function placeOf({ file, document, lines, isMap, isScalar }: Parsed, path: Path, isKey: boolean): Place {
  for (let length = path.length; length >= 0; length--) {
    const part = path.slice(0, length);
    const parent = length === 0 ? undefined : document.getIn(part.slice(0, -1), true);
    const key =
      isKey && length === path.length && isMap(parent)
        ? parent.items
            .map(({ key: each }) => each)
            .find((each) => isScalar(each) && each.value === part.at(-1))
        : undefined;
    const node = (key ?? (length === 0 ? document.contents : document.getIn(part, true))) as
      | { readonly range?: readonly [number, number, number] | null }
      | undefined
      | null;
    const range = node?.range;
    if (range === undefined || range === null) continue;
    const { line, col } = lines.linePos(range[0]);
    const end = lines.linePos(range[1]);
    const span = end.line === line ? end.col - col : 0;
    return { file, line, column: col, ...(span > 0 ? { length: span } : {}) };
  }
  return { file, line: 1, column: 1 };
}
