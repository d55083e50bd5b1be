// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline files are full of expressions
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
// @ts-expect-error The script has no types.
import { targets as allTargets, filesOf as filesOfTarget } from '../../scripts/make-schemas.mjs';
import { checkPipelineShape } from '../../src/pipeline/check-pipeline.ts';
import { decodeSource, SourceText } from '../../src/pipeline/source.ts';
import { readYaml } from '../../src/pipeline/yaml.ts';

const project = new URL('../../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, project), 'utf8');
const schema = JSON.parse(read('schemas/pipeline.schema.json'));
const validate = new Ajv({ strict: false, allErrors: false }).compile(schema);

interface Target {
  readonly out: string;
}
const targets = allTargets as readonly Target[];
const filesOf = filesOfTarget as (target: Target) => ReadonlyMap<string, string>;

describe('schemas for editors', () => {
  it.each(targets.map((target) => [target.out, target] as const))('%s is what its type says', (_, target) => {
    for (const [file, text] of filesOf(target)) expect(read(file), file).toBe(text);
  });

  it('are named by the files that people copy from', () => {
    expect(read('pipelines/heart-disease/pipeline.yaml')).toContain(
      '$schema=../../schemas/pipeline.schema.json',
    );
    expect(read('trainyard.yaml')).toContain('$schema=schemas/trainyard.schema.json');
  });
});

/** Whether the checker of shapes finds nothing wrong; `undefined` for what is no YAML. */
function hasShape(text: string): boolean | undefined {
  const source = decodeSource('pipeline.yaml', new TextEncoder().encode(text));
  if (!(source instanceof SourceText)) return undefined;
  const { document, failures } = readYaml(source);
  if (document === undefined || failures.length > 0) return undefined;
  return checkPipelineShape(document).failures.length === 0;
}

describe('the checker of shapes and the schema', () => {
  const golden = fileURLToPath(new URL('./golden/', import.meta.url));

  it.each(readdirSync(golden))('agree on the file %s', (name) => {
    const text = readFileSync(`${golden}${name}/pipeline.yaml`, 'utf8');
    const mine = hasShape(text);
    if (mine !== undefined) expect(mine).toBe(validate(parse(text)));
  });

  it('agree on files in which some values and keys are others', () => {
    const base = parse(read('pipelines/heart-disease/pipeline.yaml')) as Record<string, unknown>;
    const commands = parse(readFileSync(`${golden}good/pipeline.yaml`, 'utf8')) as Record<string, unknown>;
    const replacement = fc.oneof(
      fc.constantFrom(
        0,
        1,
        -1,
        0.5,
        2.5,
        99,
        true,
        null,
        '',
        'a',
        'train',
        'run',
        'choose',
        '${{ params.a }}',
      ),
      fc.constantFrom([], {}, ['a'], [1], { a: 1 }, { uses: 'train' }, { run: 'x' }, { metric: 'f1' }),
    );
    const edit = fc.record({
      at: fc.nat(),
      value: replacement,
      how: fc.constantFrom('value', 'key', 'drop', 'add'),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(base, commands),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        (from, edits) => {
          const changed = structuredClone(from);
          for (const one of edits) change(changed, one);
          const mine = hasShape(JSON.stringify(changed));
          if (mine !== undefined) expect(mine, JSON.stringify(changed)).toBe(validate(changed));
        },
      ),
      { numRuns: 300 },
    );
  });
});

interface Edit {
  readonly at: number;
  readonly value: unknown;
  readonly how: string;
}

/** Changes the place that a number picks out of all places of a value. */
function change(root: Record<string, unknown>, { at, value: shared, how }: Edit): void {
  const value = structuredClone(shared);
  const places: { holder: Record<string, unknown>; key: string }[] = [];
  const visit = (holder: Record<string, unknown>): void => {
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      const member = holder[key];
      if (member !== null && typeof member === 'object') visit(member as Record<string, unknown>);
    }
  };
  visit(root);
  const { holder, key } = places[at % places.length]!;
  if (Array.isArray(holder) || how === 'value') holder[key] = value;
  else if (how === 'add') holder[`${key}x`] = value;
  else {
    const old = holder[key];
    delete holder[key];
    if (how === 'key') holder[`${key}s`] = old;
  }
}
