// Scores a job in a process of its own, from the compiled sources: `node score-child.mjs <job as JSON>`. Says each time that a
// part of the rows was answered, and the report in the end.
import { scoreBatch } from '../../dist/batch/index.js';

const done = await scoreBatch(JSON.parse(process.argv[2]), {
  onProgress: ({ rows }) => process.stdout.write(`${rows}\n`),
});
process.stdout.write(`${JSON.stringify(done)}\n`);
process.exit(0);
