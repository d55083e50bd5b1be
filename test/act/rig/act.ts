import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';

/** What one call of act ran, in the order in which it ended. */
export interface ActRun {
  readonly code: number;
  /** `report pump-failure`: `success` */
  readonly jobs: ReadonlyMap<string, string>;
  /** Steps that failed: `train pump-failure: trainyard/trainyard/actions/train` */
  readonly failed: readonly string[];
  readonly log: string;
}

export interface ActCall {
  readonly event: string;
  readonly payload: object;
  /** A file. */
  readonly workflow: string;
  /** The clone that tells act what the event is about; jobs check out their own. */
  readonly clone: string;
  /** Folders that stand for repositories: `owner/name@ref` -> folder. */
  readonly repositories: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
  /** Of this machine: cache, home and temporary files. */
  readonly folder: string;
}

/** The programs that scripts/test-workflows.sh has found. */
export function programs(): { readonly act: string; readonly node: string } {
  const { TRAINYARD_ACT: act, TRAINYARD_NODE24: node } = process.env;
  if (act === undefined || node === undefined)
    throw new Error('start these tests with scripts/test-workflows.sh');
  return { act, node };
}

/** Runs a workflow by act in host mode, on a machine that has Node 24, Git and nothing of the tester's. */
export async function runAct(call: ActCall): Promise<ActRun> {
  const { act, node } = programs();
  const home = join(call.folder, 'home');
  mkdirSync(home, { recursive: true });
  const payload = join(call.folder, `${call.event}.json`);
  writeFileSync(payload, JSON.stringify(call.payload));
  const options = [
    [
      call.event,
      '--json',
      '--no-cache-server',
      '--no-skip-checkout',
      '--workflows',
      call.workflow,
      '--eventpath',
      payload,
    ],
    ['--platform', 'ubuntu-24.04=-self-hosted', '--action-cache-path', join(call.folder, 'cache')],
    ['--secret', `GITHUB_TOKEN=${call.token}`],
    ...Object.entries(call.env).map(([name, value]) => ['--env', `${name}=${value}`]),
    ...Object.entries(call.repositories).map(([name, at]) => ['--local-repository', `${name}=${at}`]),
  ].flat();
  const { code, log } = await ended(act, options, {
    cwd: call.clone,
    env: { PATH: `${dirname(node)}:/usr/local/bin:/usr/bin:/bin`, HOME: home },
  });
  return { code, log, ...readLog(log) };
}

function ended(
  program: string,
  options: readonly string[],
  at: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly code: number; readonly log: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, options, { ...at, stdio: ['ignore', 'pipe', 'pipe'], timeout: 240_000 });
    let log = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    child.once('error', reject).once('close', (code) => resolve({ code: code ?? 1, log }));
  });
}

interface Line {
  readonly job?: string;
  readonly jobResult?: string;
  readonly step?: string;
  readonly stepResult?: string;
}

function readLog(log: string): Pick<ActRun, 'jobs' | 'failed'> {
  const jobs = new Map<string, string>();
  const failed: string[] = [];
  for (const text of log.split('\n').filter((each) => each.startsWith('{'))) {
    const line = JSON.parse(text) as Line;
    // Names of calling jobs come first: "pull-request/Pull request/report pump-failure".
    const job = line.job?.split('/').at(-1)?.trim() ?? '';
    if (line.jobResult !== undefined) jobs.set(job, line.jobResult);
    if (line.stepResult === 'failure') failed.push(`${job}: ${line.step?.split('@')[0]}`);
  }
  return { jobs, failed };
}
