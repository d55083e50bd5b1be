import { expect, it } from 'vitest';
import { PrepareRig, value } from './prepare-rig.ts';

const pointer = `version https://git-lfs.github.com/spec/v1
oid sha256:${'0123456789abcdef'.repeat(4)}
size 12345
`;

it.each(['csv', 'parquet'] as const)(
  'a pointer of Git LFS in place of %s is said to be one, with what to do (D1)',
  async (format) => {
    await using rig = await PrepareRig.open({ [`data/b.${format}`]: pointer });
    if (format === 'csv') await rig.write('data/a.csv', 'id,x\n1,2\n');
    else await rig.writeParquet('data/a.parquet', 'SELECT 1 AS id, 2 AS x');
    const prepared = await rig.prepare({ path: `data/*.${format}`, format });
    expect(prepared).toMatchObject({
      ok: false,
      failure: [
        {
          code: 'sql-lfs-pointer',
          kind: 'input',
          remedy: expect.stringMatching(/git lfs pull.*lfs: true/),
          place: { file: `data/b.${format}` },
        },
      ],
    });
  },
);

it('rows that speak of Git LFS are rows', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i},x\n`).join('');
  await using rig = await PrepareRig.open({
    'data.csv': `id,version https://git-lfs.github.com/spec/v1\n${rows}`,
  });
  expect(value(await rig.prepare()).facts.rows.total).toBe(40);
});
