// A repository with a long past: models, versions that came to stages one after the other, a rollback now and then.
// Written as Trainyard writes it, but without a process and a flush a tag.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { canonicalJson } from '../../dist/base/index.js';
import { tagOf } from '../../dist/registry/index.js';

export const models = 40;
const versionsOfModel = 100;
/** A version: registered, to staging, and of every two one to production; every tenth promotion is taken back. */
export const tagsOfModel = versionsOfModel * 2.5;
export const tagsInAll = models * tagsOfModel;

const digest = (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

export function writeRepository(folder) {
  mkdirSync(folder, { recursive: true });
  const git = (...args) => run('git', args, folder);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Bench');
  git('config', 'user.email', 'bench@example.org');
  writeFileSync(
    path.join(folder, 'trainyard.yaml'),
    'version: 1\nstages:\n  - { name: staging, auto: true }\n  - { name: production, from: staging }\n',
  );
  git('add', 'trainyard.yaml');
  git('commit', '--quiet', '--message', 'Start');
  const commits = Array.from({ length: versionsOfModel }, (_, i) => {
    git('commit', '--quiet', '--allow-empty', '--message', `Version ${i}`);
    return git('rev-parse', 'HEAD').trim();
  });
  const refs = [];
  for (let m = 0; m < models; m++) refs.push(...writeModel(folder, `model-${m}`, commits));
  run('git', ['update-ref', '--stdin'], folder, refs.map(([ref, id]) => `create ${ref} ${id}\n`).join(''));
  git('gc', '--quiet');
  return refs.length - models;
}

function writeModel(folder, model, commits) {
  const refs = [];
  let [after, counter, second] = [null, 0, 1_750_000_000];
  const put = (draft, commit) => {
    second += 600;
    const at = new Date(second * 1000).toISOString();
    const by = { name: '@octocat', proof: 'forge' };
    const event = { version: 1, model, by, at, after, ...draft };
    if (draft.kind !== 'register') {
      counter++;
      event.counter = counter;
    }
    const tag = tagOf(event);
    const bytes = Buffer.from(
      `object ${commit}\ntype commit\ntag ${tag}\ntagger Bench <bench@example.org> ${second} +0000\n\n${canonicalJson(event)}\n`,
    );
    after = writeObject(folder, bytes);
    refs.push([`refs/tags/${tag}`, after]);
  };
  const names = commits.map((_, i) => `v1.${i}.0`);
  for (const [i, commit] of commits.entries()) {
    const subject = { name: names[i], digest: digest(`${model} ${i}`) };
    put({ kind: 'register', ...subject, ...registration(model, i, commit) }, commit);
    put({ kind: 'assign', ...subject, stage: 'staging', cause: 'automatic', checks }, commit);
    if (i % 2 === 0) continue;
    // What stands there is taken back to the version before it.
    const back = i % 20 === 19 ? i - 2 : i;
    const there = { name: names[back], digest: digest(`${model} ${back}`) };
    const cause = back === i ? 'promotion' : 'rollback';
    const why = back === i ? {} : { why: 'the rate of errors doubled within an hour' };
    put({ kind: 'assign', ...there, stage: 'production', cause, checks, ...why }, commits[back]);
  }
  refs.push([`refs/trainyard/registry/${model}`, after]);
  return refs;
}

function registration(model, i, commit) {
  const metric = (value) => ({ value, low: value - 0.031, high: value + 0.027 });
  return {
    commit,
    run: `20250615-${String(100000 + i)}-0123abcd`,
    pipeline: model,
    record: digest(`record of ${model} ${i}`),
    bump: { rule: 'minor', because: 'the features changed: age_band is new, and oldpeak is scaled' },
    metrics: {
      roc_auc: metric(0.912),
      recall: metric(0.841),
      precision: metric(0.88),
      log_loss: metric(0.312),
    },
  };
}

const checks = [
  { check: 'version', verdict: 'pass', because: 'the version is registered and not archived' },
  { check: 'stage-order', verdict: 'pass', because: 'it stands in staging' },
  { check: 'promoter', verdict: 'pass', because: '@octocat is a promoter of the stage' },
  { check: 'freshness', verdict: 'pass', because: 'its data was read 2.1 days ago, and 30 are allowed' },
  { check: 'gate', verdict: 'pass', because: 'roc_auc 0.912 [0.838, 0.967] is at least 0.85' },
  {
    check: 'gate',
    verdict: 'pass',
    because: 'roc_auc dropped by -0.004 [-0.024, 0.016] against production, at most 0.01',
  },
];

function writeObject(folder, bytes) {
  const whole = Buffer.concat([Buffer.from(`tag ${bytes.length}\0`), bytes]);
  const id = createHash('sha1').update(whole).digest('hex');
  const parent = path.join(folder, '.git/objects', id.slice(0, 2));
  mkdirSync(parent, { recursive: true });
  writeFileSync(path.join(parent, id.slice(2)), deflateSync(whole));
  return id;
}

export function run(command, args, cwd, input) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${error ?? stderr}`);
  return stdout;
}
