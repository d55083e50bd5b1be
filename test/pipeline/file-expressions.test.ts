// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pipeline files are full of expressions
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  evaluateCondition,
  evaluateTemplate,
  evaluateTemplates,
  expressionReferences,
} from '../../src/pipeline/index.ts';

const contexts = {
  params: { seed: 7, share: 0.25, name: 'a b', none: null, flag: false, constructor: 1 },
  matrix: { estimator: 'random-forest' },
  steps: { train: { status: 'ran' } },
};

function value(text: string): unknown {
  const result = evaluateTemplate(text, contexts);
  return result.ok ? result.value : result.failure.code;
}

describe('a value with expressions (T5)', () => {
  it.each([
    ['plain', 'plain'],
    ['${{ params.seed }}', 7],
    ['${{params.share}}', 0.25],
    ['${{ params.flag }}', false],
    ['${{ params.none }}', null],
    ['${{ params.nothing }}', null],
    ['${{ params.seed == 7 && matrix.estimator }}', 'random-forest'],
    ['seed-${{ params.seed }}-${{ matrix.estimator }}', 'seed-7-random-forest'],
    [' ${{ params.seed }}', ' 7'],
    ['a${{ params.none }}b', 'ab'],
    ["${{ 'a}}b' }}", 'a}}b'],
    ["${{ 'it''s' }}", "it's"],
    ["${{ format('{0}-{1}', params.name, 1) }}", 'a b-1'],
    ["${{ contains(matrix.estimator, 'forest') }}", true],
    ["${{ fromJSON('[1, 2]')[1] }}", 2],
    ['${{ steps.train.status }}', 'ran'],
    ['$ {{ params.seed }}', '$ {{ params.seed }}'],
  ])('%s is %j', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it.each([
    ['${{ params.seed', 'pipeline-expression-syntax'],
    ['${{ }}', 'pipeline-expression-syntax'],
    ['${{ 1 + 2 }}', 'pipeline-expression-syntax'],
    ['${{ "a" }}', 'pipeline-expression-syntax'],
    ['${{ (1 }}', 'pipeline-expression-syntax'],
    ['${{ contains(1) }}', 'pipeline-expression-syntax'],
    ['${{ secrets.TOKEN }}', 'pipeline-expression-name'],
    ['${{ constructor(1) }}', 'pipeline-expression-name'],
    ['${{ __proto__(1) }}', 'pipeline-expression-name'],
    ['${{ success() }}', 'pipeline-expression-name'],
    ['${{ params }}', 'pipeline-expression-failed'],
    ["${{ fromJSON('{') }}", 'pipeline-expression-failed'],
    ["${{ format('{9}', 1) }}", 'pipeline-expression-failed'],
    ['${{ Infinity }}', 'pipeline-expression-failed'],
  ])('%s is refused as %s', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  it('is evaluated inside of lists and maps, and keeps what is no expression', () => {
    const written = { trees: '${{ params.seed }}', list: ['a', '${{ matrix.estimator }}'], edges: [1, null] };
    expect(evaluateTemplates(written, contexts)).toEqual({
      ok: true,
      value: { trees: 7, list: ['a', 'random-forest'], edges: [1, null] },
    });
  });

  it('never throws, whatever stands in it', () => {
    const piece = fc.constantFrom(
      ...[
        'params',
        '.',
        'seed',
        '[',
        ']',
        "'",
        '(',
        ')',
        ',',
        '==',
        '&&',
        '!',
        '*',
        '1',
        ' ',
        '\n',
        'fromJSON',
        'x-y',
      ],
      ...[
        '${{',
        '}}',
        '-',
        '0x',
        '"',
        'always()',
        'null',
        'é',
        'constructor',
        '__proto__',
        'toJSON(params)',
        '{0}',
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('');
        evaluateTemplate(`\${{ ${text} }}`, contexts);
        evaluateTemplate(text, contexts);
        evaluateCondition(text, contexts);
        expressionReferences(text, 'condition');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a condition', () => {
  it.each([
    ['params.seed == 7', true, false],
    ['${{ params.seed == 8 }}', false, false],
    ['always()', true, true],
    ['failure()', false, true],
    ['!failure()', true, false],
    ["Failure() && matrix.estimator == 'RANDOM-FOREST'", false, true],
    ['params.none', false, false],
    ['params.name', true, false],
  ])('%s is %s after success and %s after failure', (text, afterSuccess, afterFailure) => {
    expect(evaluateCondition(text, contexts)).toEqual({ ok: true, value: afterSuccess });
    expect(evaluateCondition(text, contexts, undefined, 'failure')).toEqual({
      ok: true,
      value: afterFailure,
    });
  });

  it('can be true or false without being an expression', () => {
    expect(evaluateCondition(false, contexts)).toEqual({ ok: true, value: false });
    expect(evaluateCondition(true, contexts, undefined, 'failure')).toEqual({ ok: true, value: false });
  });

  it('mixes no text with expressions', () => {
    expect(evaluateCondition('a ${{ true }}', contexts)).toMatchObject({
      failure: { code: 'pipeline-expression-syntax' },
    });
  });
});

describe('what an expression refers to', () => {
  it('is told with its span in the text', () => {
    const text = "x ${{ params.seed }} ${{ steps['train'].status == format('{0}', env.A) }}";
    const { contexts: found, functions } = expressionReferences(text);
    expect(found.map(({ context, path }) => [context, ...path].join('.'))).toEqual([
      'params.seed',
      'steps.train.status',
      'env.A',
    ]);
    const spans = found.flatMap(({ at }) =>
      at.map(({ offset, length }) => text.slice(offset, offset + length)),
    );
    expect(spans).toEqual(['params', 'seed', 'steps', "'train'", 'status', 'env', 'A']);
    expect(functions.map(({ name }) => name)).toEqual(['format']);
  });

  it('stops at names that are computed, and finds those that they are computed from', () => {
    const { contexts: found } = expressionReferences('${{ steps[params.which].status }}');
    expect(found.map(({ context, path }) => [context, ...path])).toEqual([['params', 'which'], ['steps']]);
  });

  it('has right spans after line breaks', () => {
    const text = "${{ 'a\nb' == params.seed &&\n matrix.estimator }}";
    const spans = expressionReferences(text).contexts.map(({ at }) =>
      text.slice(at[1]!.offset, at[1]!.offset + at[1]!.length),
    );
    expect(spans).toEqual(['seed', 'estimator']);
  });
});
