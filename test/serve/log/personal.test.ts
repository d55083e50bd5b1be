import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openSession } from '../../../src/sql/index.ts';
import { answer, filesIn, linesIn, openLog, temporaryFolder, version } from './rig.ts';

const classifier = version({ classes: ['0', '1'] });
const key = 'a secret of at least thirty-two characters';
const name = 'Wilhelmine-Personal-Value';
const birth = '1961-04-05';
const rows = [{ patient_id: name, birth, age: 63, undeclared: 'Undeclared-Value' }];

async function everything(root: string): Promise<string> {
  const texts = await Promise.all((await filesIn(root)).map((file) => readFile(file, 'latin1')));
  return texts.join('\n') + (await filesIn(root)).join('\n');
}

describe('personal data and the prediction log', () => {
  it('no personal value and no column outside of the contract reaches a byte of it, in either form (P5)', async () => {
    await using folder = await temporaryFolder();
    const log = openLog(folder.path);
    log.observer.answered(answer(classifier, { rows }));
    const { prediction: _, ...refused } = answer(classifier, { rows });
    log.observer.answered({
      ...refused,
      failure: { code: 'serve-row-invalid', kind: 'input', message: `not ${name}`, status: 422 },
    });
    await log.of('heart')!.answers.flush();
    const lines = await everything(folder.path);
    await log[Symbol.asyncDispose]();
    const parquet = await everything(folder.path);
    for (const text of [
      lines,
      parquet,
      JSON.stringify([log.troubles, [...log.counters()], log.observer.kept?.()]),
    ]) {
      for (const value of [name, birth, 'patient_id', 'birth', 'undeclared', 'Undeclared-Value'])
        expect(text).not.toContain(value);
    }
    expect(lines).toContain('"age":63');
  });

  it('has hashes of them when the pipeline says so, which whoever has the key can compute (P5)', async () => {
    await using folder = await temporaryFolder();
    const log = openLog(folder.path, { personal: 'hash' }, { env: { TRAINYARD_LOG_KEY: key } });
    log.observer.answered(answer(classifier, { requestId: 'a', rows: [...rows, { age: 1 }] }));
    await log.of('heart')!.answers.flush();
    const hash = createHmac('sha256', key).update(name).digest('hex');
    const [described, first, second] = await linesIn(folder.path);
    expect(described!['columns']).toContainEqual({ name: 'patient_id', type: 'string', hashed: true });
    expect(described!['personal']).toBe('hash');
    expect(first!['input']).toEqual({
      patient_id: hash,
      birth: expect.stringMatching(/^[0-9a-f]{64}$/),
      age: 63,
    });
    expect(second!['input']).toEqual({ age: 1 });
    const lines = await everything(folder.path);
    await log[Symbol.asyncDispose]();
    for (const text of [lines, await everything(folder.path)]) {
      for (const value of [name, birth, key, 'Undeclared-Value']) expect(text).not.toContain(value);
    }
    await using sql = await openSession({ allowedPaths: [folder.path] });
    const [file] = await filesIn(folder.path);
    expect(
      await sql.rows(`SELECT request FROM read_parquet('${file}') WHERE input.patient_id = '${hash}'`),
    ).toEqual([{ request: 'a' }]);
  });
});
