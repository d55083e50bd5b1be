import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PullReport } from '../../../src/report/index.ts';
import { mostReportBytes, pullReportMarkdown, readPullReport } from '../../../src/report/index.ts';
import { attacks } from './attacks.ts';
import { reportWith } from './reports.ts';

const bytesOf = (value: unknown): Uint8Array =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

const valid: PullReport = {
  ...reportWith((at) => attacks[at % attacks.length]!.slice(0, 100), 3),
  pipeline: 'heart-disease',
};

async function codeOf(bytes: Uint8Array): Promise<string> {
  const read = await readPullReport(bytes);
  return read.ok ? 'read' : read.failure.code;
}

/** The JSON of a valid report with one text in place of another. */
function changed(before: string, after: string): Uint8Array {
  const text = JSON.stringify(valid);
  expect(text).toContain(before);
  return bytesOf(text.replace(before, () => after));
}

describe('a report of a pull request that somebody else wrote (V4)', () => {
  test('is read as it was made, when it keeps every limit', async () => {
    const read = await readPullReport(bytesOf(valid));
    expect(read).toEqual({ ok: true, value: JSON.parse(JSON.stringify(valid)) });
  });

  test('is refused when it is too large, before anything is parsed', async () => {
    expect(await codeOf(new Uint8Array(10_000_000).fill(0x20))).toBe('report-pull-too-large');
    expect(await codeOf(new Uint8Array(mostReportBytes + 1))).toBe('report-pull-too-large');
    expect(await codeOf(new Uint8Array(mostReportBytes))).toBe('report-pull-not-json');
  });

  test('is refused when it is nested too deep', async () => {
    for (const open of ['[', '{"a":', '[{"a":[']) {
      expect(await codeOf(bytesOf(open.repeat(100_000)))).toBe('report-pull-too-deep');
    }
    // Brackets in texts are none.
    expect(await codeOf(changed('"changed":true', '"changed":true,"x":"\\"[[[[[[[[[[[[[[[[[[[[[["'))).toBe(
      'report-pull-invalid',
    );
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{"version":1'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"x"'],
  ])('is refused when it is %s', async (_, text) => {
    expect(await codeOf(bytesOf(text))).toBe('report-pull-not-json');
  });

  test('is refused when it is not UTF-8', async () => {
    expect(await codeOf(Uint8Array.of(0x22, 0xff, 0xfe, 0x22))).toBe('report-pull-not-json');
  });

  test.each([2, 0, '1', null, undefined, [1]])('is refused in version %s', async (version) => {
    expect(await codeOf(bytesOf({ ...valid, version }))).toBe('report-pull-version-unsupported');
  });

  test.each([
    ['an unknown member', '"changed":true', '"changed":true,"extra":1'],
    ['an unknown member further down', '"heldOutRows":75', '"heldOutRows":75,"extra":1'],
    ['a member named __proto__', '"changed":true', '"changed":true,"__proto__":{"polluted":true}'],
    ['a member named constructor', '"changed":true', '"changed":true,"constructor":{"prototype":{}}'],
    ['a number without end', '"seconds":12.34', '"seconds":1e999'],
    ['a negative count', '"heldOutRows":75', '"heldOutRows":-1'],
    ['a count that is no whole number', '"heldOutRows":75', '"heldOutRows":7.5'],
    ['a count beyond what numbers can tell apart', '"heldOutRows":75', '"heldOutRows":1e20'],
    ['a text for a number', '"heldOutRows":75', '"heldOutRows":"75"'],
    ['a verdict that there is not', '"verdict":"fail"', '"verdict":"great"'],
    ['a commit that is none', '"commit":"bbbb', '"commit":"--up'],
    ['a digest that is none', '"sha256:2222', '"sha256:zzzz'],
    ['a name of a pipeline that leads elsewhere', '"pipeline":"heart-disease"', '"pipeline":"../x"'],
    ['a run that is none', '20261122-031500-2b84a9c1', 'latest'],
    ['a step that needs a later one', '"needs":[0]', '"needs":[3]'],
    [
      'a text that is too long',
      '"heldOut":"different"',
      `"heldOut":"different","mainMetric":"${'x'.repeat(121)}"`,
    ],
    ['a point of three numbers', '[0.5,0.9]', '[0.5,0.9,1]'],
  ])('is refused with %s', async (_, before, after) => {
    expect(await codeOf(changed(before, after))).toBe('report-pull-invalid');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('is refused with more slices, steps, gates or problems than a report has', async () => {
    for (const name of ['slices', 'steps', 'gates', 'problems', 'notes', 'curves', 'data'] as const) {
      const list = Array.from({ length: 500 }, () => valid[name][0]);
      expect(await codeOf(bytesOf({ ...valid, [name]: list })), name).toMatch(/-(?:invalid|too-large)$/);
    }
  });

  test('never says a word of it in the failure', async () => {
    const read = await readPullReport(changed('"changed":true', '"changed":true,"@octocat<script>":1'));
    expect(JSON.stringify(read)).not.toMatch(/octocat|script/);
  });

  test('is read or refused, and what is read is rendered, whatever it is', async () => {
    const paths = Object.keys(valid) as (keyof PullReport)[];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.json({ maxDepth: 4 }), async (path, json) => {
        const read = await readPullReport(bytesOf({ ...valid, [path]: JSON.parse(json) }));
        if (read.ok) expect(pullReportMarkdown(read.value).length).toBeLessThanOrEqual(60_000);
        else expect(read.failure.code).toMatch(/^report-pull-/);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
