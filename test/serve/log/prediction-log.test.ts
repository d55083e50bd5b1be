import { describe, expect, it } from 'vitest';
import { openSession } from '../../../src/sql/index.ts';
import { answer, filesIn, linesIn, openLog, temporaryFolder, version } from './rig.ts';

const classifier = version({ classes: ['0', '1'] });

describe('the prediction log', () => {
  it('keeps a line for each answered row, after a line that describes the version (S9, V5)', async () => {
    await using folder = await temporaryFolder();
    await using log = openLog(folder.path);
    log.observer.answered(
      answer(classifier, { requestId: 'a', rows: [{ age: 1 }, { age: 2, sex: 'female' }] }),
    );
    await log.of('heart')!.answers.flush();
    const [described, first, second] = await linesIn(folder.path);
    expect(described).toMatchObject({
      kind: 'version',
      v: 1,
      model: 'heart',
      version: 'v1.0.0',
      classes: ['0', '1'],
      personal: 'drop',
      run: '20261121-045839-2f8bbb18',
      commit: 'd8a459b',
    });
    expect((described!['columns'] as { name: string }[]).map(({ name }) => name)).toEqual([
      'age',
      'oldpeak',
      'sex',
      'fasting',
      'seen',
    ]);
    expect(first).toEqual({
      kind: 'answer',
      v: 1,
      model: 'heart',
      version: 'v1.0.0',
      digest: `sha256:${'ab'.repeat(32)}`,
      run: '20261121-045839-2f8bbb18',
      commit: 'd8a459b',
      request: 'a',
      time: '2026-11-21T09:30:00.000Z',
      role: 'served',
      protocol: 'simple',
      rows: 2,
      latency: 1.235,
      status: 200,
      row: 0,
      input: { age: 1 },
      prediction: { label: 1, probabilities: { 0: 0.5, 1: 0.5 } },
    });
    expect(second).toMatchObject({ row: 1, input: { age: 2, sex: 'female' }, prediction: { label: 0 } });
  });

  it('becomes Parquet when a segment is complete, with the types of the contract, as DuckDB reads them (S9)', async () => {
    await using folder = await temporaryFolder();
    {
      await using log = openLog(folder.path);
      log.observer.answered(answer(classifier, { requestId: 'a' }));
      log.observer.answered(answer(version({ name: 'v2.0.0' }), { requestId: 'b', role: 'shadow' }));
      expect(log.troubles).toEqual([]);
    }
    const files = await filesIn(folder.path);
    expect(files.map((file) => file.slice(folder.path.length))).toEqual([
      expect.stringMatching(
        /^\/log\/heart\/2026\/11\/21\/09-[A-Za-z0-9._]+~\d+~[0-9a-f]{12}-000001\.parquet$/,
      ),
    ]);
    await using sql = await openSession({ allowedPaths: [folder.path] });
    const from = `read_parquet('${files[0]}')`;
    expect(
      await sql.rows(
        `SELECT column_name AS name, column_type AS type FROM (DESCRIBE SELECT input.*, prediction.*, time FROM ${from})`,
      ),
    ).toEqual([
      { name: 'age', type: 'BIGINT' },
      { name: 'oldpeak', type: 'DOUBLE' },
      { name: 'sex', type: 'VARCHAR' },
      { name: 'fasting', type: 'BOOLEAN' },
      { name: 'seen', type: 'TIMESTAMP WITH TIME ZONE' },
      { name: 'label', type: 'BIGINT' },
      { name: 'probabilities', type: 'STRUCT("0" DOUBLE, "1" DOUBLE)' },
      { name: 'value', type: 'DOUBLE' },
      { name: 'time', type: 'TIMESTAMP WITH TIME ZONE' },
    ]);
    expect(
      await sql.rows(`SELECT request, role, version, input.age AS age, input.seen::VARCHAR AS seen, prediction.label AS label,
        prediction.probabilities['1'] AS p, prediction.value AS value, time::VARCHAR AS time FROM ${from} ORDER BY request`),
    ).toEqual([
      {
        request: 'a',
        role: 'served',
        version: 'v1.0.0',
        age: 63,
        seen: '2026-11-20 12:00:00.123456+00',
        label: 1,
        p: 0.5,
        value: null,
        time: '2026-11-21 09:30:00+00',
      },
      {
        request: 'b',
        role: 'shadow',
        version: 'v2.0.0',
        age: 63,
        seen: '2026-11-20 12:00:00.123456+00',
        label: null,
        p: null,
        value: 1.5,
        time: '2026-11-21 09:30:00+00',
      },
    ]);
  });
});
