import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  newestFirst,
  parseReference,
  parseTagName,
  problemOfModelName,
  problemOfStageName,
  problemOfVersionName,
} from '../../src/registry/index.ts';

describe('the grammar of tags', () => {
  it.each([
    ['heart-disease@v1.4.0', { kind: 'register', model: 'heart-disease', name: 'v1.4.0' }],
    ['heart-disease@v1.4.0-rc.1+b2', { kind: 'register', model: 'heart-disease', name: 'v1.4.0-rc.1+b2' }],
    ['heart-disease@v1.4.0!#9', { kind: 'archive', model: 'heart-disease', name: 'v1.4.0', counter: 9 }],
    [
      'heart-disease#production#7',
      { kind: 'assign', model: 'heart-disease', stage: 'production', counter: 7 },
    ],
    ['heart-disease#production', { kind: 'assign', model: 'heart-disease', stage: 'production' }],
    [
      'heart-disease#production!#8',
      { kind: 'unassign', model: 'heart-disease', stage: 'production', counter: 8 },
    ],
    ['models/a_b=rf#prod#1', { kind: 'assign', model: 'models/a_b:rf', stage: 'prod', counter: 1 }],
    ['rf@deprecated#2', { kind: 'deprecated', model: 'rf', counter: 2 }],
  ])('reads %s', (tag, name) => {
    expect(parseTagName(tag)).toEqual(name);
  });

  it.each([
    'v1.0.0',
    'rf@1.0.0',
    'rf@v1.0',
    'rf@v01.0.0',
    'rf#',
    '@v1.0.0',
    'rf#prod#',
    'rf#prod#x',
    '-rf#prod',
    'rf##1',
    'rf@v1.0.0#production',
    '',
  ])('leaves %j alone', (tag) => {
    expect(parseTagName(tag)).toBeUndefined();
  });

  it('takes any text in little time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => void parseTagName(text)),
    );
    const start = performance.now();
    for (const part of ['a', 'a-', '0.', 'a=', 'a@v1.', '#a']) parseTagName(part.repeat(100_000));
    for (const part of ['a', 'a-', '0.', 'a=', '#a']) parseTagName(`${part.repeat(250)}!`);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('a name that is written', () => {
  it.each(['heart-disease', 'a', 'x2', 'a'.repeat(64)])('may be %j', (name) => {
    expect([problemOfModelName(name), problemOfStageName(name)]).toEqual([undefined, undefined]);
  });

  it.each([
    ['', 'not made of'],
    ['Heart', 'not made of'],
    ['a--b', 'not made of'],
    ['a.lock', 'not made of'],
    ['../a', 'not made of'],
    ['a/b', 'not made of'],
    ['a\n', 'not made of'],
    ['a\0b', 'not made of'],
    ['prоduction', 'U+043E'],
    ['production\u200b', 'U+200B'],
    ['ｐroduction', 'U+FF50'],
    ['🚀', 'U+1F680'],
    ['nul', 'Windows'],
    ['com1', 'Windows'],
    ['latest', 'meaning of its own'],
    ['a'.repeat(65), 'at most 64'],
  ])('may not be %j', (name, problem) => {
    expect(problemOfModelName(name)).toContain(problem);
    expect(problemOfStageName(name)).toContain(problem);
  });

  it('of a stage may not be what a gate or a list would take for something else', () => {
    for (const name of ['best', 'merge-base', 'archived']) {
      expect(problemOfStageName(name)).toBeDefined();
      expect(problemOfModelName(name)).toBeUndefined();
    }
  });

  it('of a version is "v" and a semantic version that orders', () => {
    for (const name of ['v0.0.1', 'v1.4.0', 'v10.20.30', 'v2.0.0-rc.1'])
      expect(problemOfVersionName(name)).toBeUndefined();
    for (const name of [
      '1.0.0',
      'v1.0',
      'v1.0.0+a',
      'v1.0.0-RC',
      'v01.0.0',
      `v${'9'.repeat(30)}.0.0`,
      'v1.0.0-a.lock',
      'v1.0.0-01',
      'latest',
    ]) {
      expect(problemOfVersionName(name), name).toBeDefined();
    }
  });

  it('that is taken is one that the grammar reads back', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z0-9._/#@!=-]{1,8}$/),
        fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/),
        (model, stage) => {
          fc.pre(problemOfModelName(model) === undefined && problemOfStageName(stage) === undefined);
          expect(parseTagName(`${model}#${stage}#1`)).toEqual({ kind: 'assign', model, stage, counter: 1 });
        },
      ),
    );
  });

  it('of versions that are equal in order still has one place', () => {
    const names = ['v1.0.0+b', 'v1.0.0+a', 'not a version', 'v1.0.0', 'v0.9.0'].map((name) => ({ name }));
    const sorted = newestFirst(names).map(({ name }) => name);
    expect(sorted).toEqual(['v1.0.0+b', 'v1.0.0+a', 'v1.0.0', 'v0.9.0', 'not a version']);
    expect(newestFirst(names.toReversed()).map(({ name }) => name)).toEqual(sorted);
  });
});

describe('a reference to a model', () => {
  it.each([
    ['heart-disease', { kind: 'latest', model: 'heart-disease' }],
    ['heart-disease@latest', { kind: 'latest', model: 'heart-disease' }],
    ['heart-disease@v1.4.0', { kind: 'version', model: 'heart-disease', name: 'v1.4.0' }],
    ['heart-disease#production', { kind: 'stage', model: 'heart-disease', stage: 'production' }],
    ['run:20260301-120000-0123abcd', { kind: 'run', run: '20260301-120000-0123abcd' }],
    ['models/heart.onnx', { kind: 'file', path: 'models/heart.onnx' }],
    ['./heart', { kind: 'file', path: './heart' }],
  ])('%s is read', (text, reference) => {
    expect(parseReference(text)).toEqual({ ok: true, value: reference });
  });

  it.each(['', 'a@', 'a#', '@v1', 'a@b@c', 'a#b#3', 'run:'])('%j is none', (text) => {
    expect(parseReference(text)).toMatchObject({
      ok: false,
      failure: { code: 'registry-reference-invalid' },
    });
  });
});
