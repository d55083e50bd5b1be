// A repository with many run records that differ as those of real work do, written through `git fast-import`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

const commitsOfCode = 400;
const dayMilliseconds = 86_400_000;
const firstDay = Date.UTC(2024, 0, 1);
const pipelines = ['heart-disease', 'power-load', 'churn'];
const estimators = ['logistic-regression', 'random-forest', 'gradient-boosting', 'baseline'];

/** Numbers from 0 to 1 that are the same in every run of the bench (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A store of digits to take from: making each of them anew would take longer than all the rest. */
function digitsOf(random, alphabet) {
  const letters = Array.from({ length: 1 << 20 }, () => alphabet[Math.floor(random() * alphabet.length)]);
  const pool = letters.join('');
  return (length) => {
    const at = Math.floor(random() * (pool.length - length));
    return pool.slice(at, at + length);
  };
}

/**
 * The text of a real record for each model that it could have chosen, cut at what differs from run to run: fields that
 * are searched for, numbers with many digits, digests. The same digest stands for the same thing within a record.
 */
function templatesOf(file, oneModel) {
  return estimators.map((estimator) => {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    const chosen = value.models.find((model) => model.step === `train[${estimator}]`);
    Object.assign(value, {
      id: '@id@',
      pipeline: '@pipeline@',
      startedAt: '@startedAt@',
      seconds: '@seconds@',
      params: { rate: '@rate@', seed: 7, trees: '@trees@' },
      status: '@status@',
      verdict: '@verdict@',
      code: { branch: 'main', commit: '@commit@', dirty: '@dirty@' },
    });
    if (oneModel) {
      // As of a pipeline that trains one model: nothing to choose from, nothing to compare with.
      value.models = [chosen];
      value.steps = value.steps.filter(({ id }) => !id.startsWith('train[') || id === chosen.step);
      value.differences = undefined;
    }
    value.model.step = chosen.step;
    value.model.digest = chosen.digest;
    const parts = canonical(value).split(/("@\w+@"|\d\.\d{6,}(?:e-?\d+)?|[0-9a-f]{64})/);
    const places = new Map();
    const fields = parts.map((part, i) => {
      if (i % 2 === 0) return part;
      if (part.startsWith('"@')) return { name: part.slice(2, -2) };
      if (!places.has(part)) places.set(part, places.size);
      return { place: places.get(part), isNumber: part.length !== 64 };
    });
    return { fields, places: places.size };
  });
}

function filled({ fields, places }, values, hex, digits) {
  const known = new Array(places);
  let text = '';
  for (const field of fields) {
    if (typeof field === 'string') text += field;
    else if (field.name !== undefined) text += values[field.name];
    else {
      known[field.place] ??= field.isNumber ? `0.${digits(15)}7` : hex(64);
      text += known[field.place];
    }
  }
  return text;
}

/** Days of the first record and the last are 900 apart. */
function record(n, count, { templates, random, commits, hex, digits }) {
  const time = new Date(firstDay + Math.floor((n / count) * 900) * dayMilliseconds + (n % 50) * 1_700_000);
  const stamp = time.toISOString();
  const id = `${stamp.slice(0, 10).replaceAll('-', '')}-${stamp.slice(11, 19).replaceAll(':', '')}-${n.toString(16).padStart(8, '0')}`;
  const pipeline = pipelines[Math.floor(random() ** 2 * pipelines.length)];
  const values = {
    id: `"${id}"`,
    pipeline: `"${pipeline}"`,
    startedAt: `"${stamp}"`,
    seconds: Math.round(random() * 60_000) / 1000,
    rate: Math.round(random() * 1000) / 1000,
    trees: 50 * (1 + Math.floor(random() * 10)),
    status: random() < 0.95 ? '"succeeded"' : '"failed"',
    verdict: random() < 0.7 ? '"pass"' : random() < 0.5 ? '"fail"' : '"inconclusive"',
    commit: `"${commits[Math.floor(random() * commits.length)]}"`,
    dirty: random() < 0.3,
  };
  const template = templates[Math.floor(random() * templates.length)];
  const path = `runs/${pipeline}/${id.slice(0, 4)}/${id.slice(4, 6)}/${id.slice(6, 8)}/${id}.json`;
  return { path, text: `${filled(template, values, hex, digits)}\n` };
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

/** Fills the branch in one commit; gives the bytes of all records. */
export async function writeRecords({ folder, branch, count, sample, oneModel }) {
  const random = seeded(1);
  const hex = digitsOf(random, '0123456789abcdef');
  const digits = digitsOf(random, '0123456789');
  const commits = Array.from({ length: commitsOfCode }, () => hex(40));
  const source = { templates: templatesOf(sample, oneModel), random, commits, hex, digits };
  // Not packed against each other, as records are that came one by one: the slower case to read.
  const git = spawn('git', ['fast-import', '--quiet', '--depth=0'], {
    cwd: folder,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const ended = once(git, 'close');
  const send = async (text) => {
    if (!git.stdin.write(text)) await once(git.stdin, 'drain');
  };
  await send(
    `commit refs/heads/${branch}\ncommitter Bench <bench@example.org> 1750000000 +0000\ndata 7\nRecords\n`,
  );
  let bytes = 0;
  for (let n = 0; n < count; n++) {
    const { path, text } = record(n, count, source);
    const length = Buffer.byteLength(text);
    bytes += length;
    await send(`M 100644 inline ${path}\ndata ${length}\n${text}\n`);
  }
  git.stdin.end();
  const [status] = await ended;
  if (status !== 0) throw new Error(`git fast-import ended with ${status}`);
  return bytes;
}
