// Commits files to a branch, one a commit: all that were asked for, or until it is killed. Runs the compiled code.
import { openRepository } from '../../dist/git/index.js';

const [folder, name, count] = process.argv.slice(2);
const repository = await openRepository(folder);
if (!repository.ok) throw new Error(repository.failure.message);
process.stdout.write('committing\n');
for (let i = 0; i < Number(count); i++) {
  const committed = await repository.value.commitFiles(
    'trainyard/runs',
    [{ path: `runs/${name}/${i}.json`, bytes: Buffer.from(`${name} ${i}\n`) }],
    { message: `${name} ${i}`, time: new Date(1_700_000_000_000 + i * 1000), onlyNew: true },
  );
  if (!committed.ok) throw new Error(`${committed.failure.code}: ${committed.failure.message}`);
  process.stdout.write(`done ${i}\n`);
}
