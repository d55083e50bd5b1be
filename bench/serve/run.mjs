// The prediction server: its CPU per request against a bare server of Node, FastAPI, MLflow and BentoML; ten models at a
// steady rate; twice its capacity; versions, shadows and logs that change under load. Build first; BENCH_PYTHON is a
// Python with bench/requirements.txt. The rivals are installed from PyPI, each into an environment of its own.
//
//     npm run bench -- serve                             all of it, 10 models for a minute
//     npm run bench -- serve --minutes=10                10 models for ten minutes
//     npm run bench -- serve --parts=rivals,overload     some of it: rivals, steady, overload, changes
//     npm run bench -- serve --seconds=5                 of each measurement (default 8)
//     npm run bench -- serve --slack=1.3                 limits for a busy machine: figures may be 30 % worse
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { changesUnderLoad } from './changes.mjs';
import { overload } from './overload.mjs';
import { trainModels } from './project.mjs';
import { raceRivals } from './rivals.mjs';
import { steadyLoad } from './steady.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    parts: { type: 'string', default: 'rivals,steady,overload,changes' },
    seconds: { type: 'string', default: '8' },
    slack: { type: 'string', default: '1' },
  },
});
const parts = new Set(values.parts.split(','));
const missed = [];
const expect = (isMet, what) => {
  if (!isMet) missed.push(what);
};
const root = mkdtempSync(path.join(tmpdir(), 'trainyard-bench-'));
try {
  if (values.slack !== '1') console.log(`limits with a slack of ${values.slack}: this machine may be busy`);
  console.log(`machine: ${cpus().length} x ${cpus()[0].model}; Node ${process.version}`);
  const models = await trainModels(root, process.env.BENCH_PYTHON ?? 'python3');
  const common = { root, models, seconds: Number(values.seconds), slack: Number(values.slack), expect };
  if (parts.has('rivals')) await raceRivals(common);
  if (parts.has('steady')) await steadyLoad({ ...common, minutes: Number(values.minutes) });
  if (parts.has('overload')) await overload(common);
  if (parts.has('changes')) await changesUnderLoad({ ...common, seconds: Math.min(4, common.seconds) });
} finally {
  rmSync(root, { recursive: true, force: true });
}
for (const what of missed) console.log(`MISSED: ${what}`);
if (missed.length === 0) console.log('required: everything is met');
process.exitCode = missed.length === 0 ? 0 : 1;
