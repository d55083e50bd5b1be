import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { heldOutWords, sameData } from '../../site/compare/data-sameness.ts';
import { readRunNames } from '../../site/lib/addresses.ts';
import { mainMetricOf as ofEvaluation } from '../../src/evaluate/index.ts';
import { residualShares as measuredShares } from '../../src/evaluate/metric-definitions.ts';
import type { RunRecord } from '../../src/runs/index.ts';
import { writeComparisons } from '../../src/site/compare/write-compare.ts';
import type { CompareFile } from '../../src/site/format/index.ts';
import { mainMetricOf, recordFile, residualShares, shortName } from '../../src/site/format/index.ts';
import { siteOutput } from '../../src/site/output.ts';
import type { SiteSources } from '../../src/site/sources.ts';
import { openStore } from '../../src/store/index.ts';
import { digest, sampleRecord, step } from '../runs/sample-record.ts';

const id = '20261121-031500-1f4a9c1e';

describe('words on the data of compared runs', () => {
  const of = (data: RunRecord['data'], heldOut?: string): { record: RunRecord } => ({
    record: sampleRecord({
      data,
      steps:
        heldOut === undefined
          ? []
          : [
              step('data.patients', {
                artifacts: [{ name: 'held-out', digest: digest(heldOut), bytes: 1 }],
              }),
            ],
    }),
  });
  const patients = (content: string | undefined, version = '1.0.0'): RunRecord['data'] => ({
    patients: {
      files: [],
      strata: [],
      contract: { file: 'patients.odcs.yaml', version, digest: digest(version) },
      ...(content === undefined ? {} : { fingerprint: digest(content) }),
    },
  });

  it('tell other bytes from other contracts, and what nobody knows from what is the same', () => {
    const base = of(patients('a'));
    expect(sameData(of(patients('a', '2.0.0')), base)).toBe('same');
    expect(sameData(of(patients('b')), base)).toBe('other');
    expect(sameData(of({}), base)).toBe('other');
    expect(sameData(of(patients(undefined)), base)).toBe('unknown');
  });

  it('call held-out rows the same only where both records name them', () => {
    const base = of(patients('a'), 'rows');
    expect(heldOutWords(of(patients('a'), 'rows'), base, 'patients')).toBe('the same');
    expect(heldOutWords(of(patients('a'), 'others'), base, 'patients')).toBe('others');
    expect(heldOutWords(of(patients('a')), base, 'patients')).toBe('not known');
  });
});

describe('what pages have of the room of evaluation', () => {
  it('is the very rule of the main metric, and the very shares of residuals', () => {
    expect(mainMetricOf).toBe(ofEvaluation);
    expect(residualShares).toBe(measuredShares);
  });
});

describe('names of runs in an address', () => {
  it('never lead out of the folder of records', () => {
    const names = [`../${id}`, `..%2f..%2fother/${id}`, `Heart/${id}`, `heart-disease/${id}`];
    expect(readRunNames(names.join(','))).toEqual({
      runs: [{ pipeline: 'heart-disease', id }],
      strange: names.slice(0, 3),
    });
  });
});

describe('a record whose bytes come after the first build', () => {
  it('is looked at then', async () => {
    const root = await mkdtemp(join(tmpdir(), 'trainyard-late-'));
    try {
      const opened = await openStore('file:store', { root });
      if (!opened.ok) throw new Error(opened.failure.message);
      const put = await opened.value.putBytes('{"step": 1, "loss": 2}');
      if (!put.ok) throw new Error(put.failure.message);
      const record = sampleRecord({
        id,
        steps: [step('train', { artifacts: [{ name: 'learning', digest: put.value.digest, bytes: 1 }] })],
      });
      const index = {
        count: 1,
        pipeline: () => record.pipeline,
        id: () => record.id,
        isArchived: () => false,
        version: () => 'one',
      };
      const sources = {
        root,
        project: { site: {}, store: 'file:store' },
        runs: { askIndex: async (ask: (it: typeof index) => unknown) => ({ ok: true, value: ask(index) }) },
        openStore: async () => opened,
      } as unknown as SiteSources;
      const out = join(root, 'data');
      const learning = async (): Promise<CompareFile['learning']> => {
        expect(await writeComparisons(sources, siteOutput(out))).toMatchObject({ ok: true });
        return (JSON.parse(await readFile(join(out, 'compare.json'), 'utf8')) as CompareFile).learning;
      };
      expect(await learning()).toEqual([]);
      const file = join(out, recordFile(record.pipeline, record.id));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(record));
      expect(await learning()).toEqual([shortName(put.value.digest)]);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
});
