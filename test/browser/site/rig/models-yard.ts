import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFile } from '../../../../src/base/index.ts';
import { git, trainyard } from './demo.ts';

const pipeline = 'heart-disease';
/** What must stay text wherever it is shown. */
export const hostile = 'answers are <img src=x onerror=alert(1)> {{ 7 * 7 }} "worse"';

/**
 * Lets more happen in a copy of the demonstration: a second version with fewer columns, of which one may be missing, a
 * promotion, a rollback with markup in its reason, a deployment of what stood there first, and tags that another tool made.
 */
export async function makeModelsYard(yard: string): Promise<void> {
  const file = join(yard, 'pipelines', pipeline, 'pipeline.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(', oldpeak, ca]', ', ca]'));
  await git(yard, 'commit', '-qam', 'Ask less');
  await trainyard(yard, 'run', pipeline, '--param', 'trees=20');
  await trainyard(yard, 'register', pipeline, '--why', 'Fewer questions to the patient');
  const versions = execFileSync('git', ['tag', '-l', `${pipeline}@v*`], {
    cwd: yard,
    encoding: 'utf8',
  }).split('\n');
  const second = versions.filter((tag) => tag !== '' && !tag.endsWith('@v1.0.0'))[0]!;
  await trainyard(yard, 'promote', second, '--to', 'production', '--why', 'fewer questions');
  await trainyard(yard, 'rollback', pipeline, '--stage', 'production', '--why', hostile);
  await trainyard(yard, 'promote', second, '--to', 'production', '--why', 'the ward agrees now');
  await deployByHand(yard, 'v1.0.0');
  await git(yard, 'tag', 'churn@v0.1.0');
  await git(yard, 'tag', 'churn#staging#1');
}

/** What `trainyard deploy` writes of a deployment, as far as anybody reads it: without an image to build. */
async function deployByHand(yard: string, version: string): Promise<void> {
  const read = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: yard, encoding: 'utf8' }).trim();
  const tag = `${pipeline}#production#2`;
  const event = JSON.parse(read('tag', '-l', '--format=%(contents)', tag)) as { digest: string };
  const lock = {
    version: 1,
    model: pipeline,
    stage: 'production',
    name: version,
    digest: event.digest,
    assignment: { tag, id: read('rev-parse', tag), counter: 2, by: 'ada@example.org', why: 'the first one' },
    image: { repository: 'registry.example.org/heart', digest: `sha256:${'5'.repeat(64)}` },
    provenance: { verdict: 'inconclusive', because: 'nobody has signed' },
    files: {},
  };
  const blob = execFileSync('git', ['hash-object', '-w', '--stdin'], {
    cwd: yard,
    input: JSON.stringify(lock),
    encoding: 'utf8',
  }).trim();
  const tree = (line: string): string =>
    execFileSync('git', ['mktree'], { cwd: yard, input: `${line}\n`, encoding: 'utf8' }).trim();
  const locks = tree(`100644 blob ${blob}\t${pipeline}.json`);
  const commit = read('commit-tree', tree(`040000 tree ${locks}\tlocks`), '-m', 'Deploy');
  await git(yard, 'update-ref', 'refs/heads/deploy/production', commit);
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string;
}

/** `trainyard serve` on a free port of this machine. */
export async function serveVersion(yard: string, reference: string): Promise<RunningServer> {
  const main = packageFile('dist/bin/trainyard.js').pathname;
  const child = spawn(process.execPath, [main, 'serve', reference, '--port', '0', '--json'], {
    cwd: yard,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let said = '';
  for await (const bytes of child.stdout) {
    said += String(bytes);
    const url = /"url": ?"([^"]+)"/.exec(said)?.[1];
    if (url === undefined) continue;
    return {
      url,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error(`the server said nothing of its address: ${said}`);
}
