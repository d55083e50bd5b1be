import { reportAction } from '../../src/actions/index.ts';
import { processEffects } from '../../src/commands/index.ts';
import type { PullReport } from '../../src/report/index.ts';
import type { ZipEntry } from '../github/fake/index.ts';
import { actionsBot, makeZip } from '../github/fake/index.ts';
import type { Comment, Pull } from '../github/fake/world.ts';
import type { GithubRig } from '../github/rig.ts';
import { githubRig, repository } from '../github/rig.ts';
import { reportWith } from '../report/pull-request/reports.ts';

/** A pull request of `mallory/hearts`, and the trusted half of the workflows, as `workflow_run` starts it. */
export interface HostileRig extends AsyncDisposable {
  readonly rig: GithubRig;
  readonly pull: Pull;
  /** Hands artifacts over in a run that GitHub says was for the pull request, and lets the action comment. */
  attack(handed: readonly Handed[], circumstances?: Circumstances): Promise<Came>;
}

/** One artifact. Without a ZIP it is what the action itself would have uploaded. */
export interface Handed {
  readonly name?: string;
  readonly zip?: Uint8Array;
  readonly entries?: readonly ZipEntry[];
  /** Of `report.json`. */
  readonly bytes?: Uint8Array | string;
  readonly report?: unknown;
  readonly expired?: true;
}

export interface Circumstances {
  /** Of the run, in place of those of the pull request. */
  readonly run?: Readonly<Record<string, unknown>>;
  /** After the artifacts are there, before the action starts. */
  readonly before?: (rig: GithubRig) => void | Promise<void>;
  /** Comments that are there already, oldest first. */
  readonly comments?: readonly { readonly author: string; readonly body: string }[];
}

export interface Came {
  readonly codes: readonly string[];
  readonly said: string;
  /** Of the bot, in the order of their making, wherever they are. */
  readonly comments: readonly Comment[];
  /** Everything that was changed on GitHub. */
  readonly writes: readonly string[];
  readonly calls: number;
  readonly failures: string;
  readonly outputs: Readonly<Record<string, string | undefined>>;
}

/** An ordinary report, as an honest fork hands it over. */
export const honest: PullReport = { ...reportWith((at) => `text ${at}`, 2), pipeline: 'heart-disease' };

export async function hostileRig(): Promise<HostileRig> {
  const rig = await githubRig();
  const { github } = rig;
  Object.assign(github.world.rate, { contentsAMinute: 100_000, contentsAnHour: 100_000 });
  const fork = await github.fork('mallory/hearts');
  await rig.git('work', 'checkout', '-q', '-b', 'better');
  await rig.write('work/train.py', 'print(1)\n');
  await rig.git('work', 'add', '.');
  await rig.git('work', 'commit', '-q', '-m', 'Better');
  await rig.git('work', 'push', '-q', fork, 'better');
  const pull = await github.openPull('mallory', { headRef: 'better', headRepository: 'mallory/hearts' });
  const first = await github.addRun({
    ...{ path: '.github/workflows/trainyard-pull-request.yml', name: 'Trainyard pull request' },
    ...{ event: 'pull_request', actor: 'mallory' },
    ...{ headSha: pull.headSha, headBranch: pull.headRef, headRepository: pull.headRepository },
  });
  await github.finishRun(first.id, 'success');
  // Each attack is another run of the same kind; asking Git what is in it each time would take longer than all the rest.
  const told = github.events.at(-1)!.payload;
  let tokens = 0;
  return {
    rig,
    pull,
    attack: async (handed, { run = {}, before, comments = [] } = {}) => {
      github.world.comments.clear();
      for (const each of comments) github.addComment({ issue: pull.number, ...each });
      const id = github.world.nextId();
      github.world.runs.set(id, { ...first, id });
      for (const each of handed) {
        const { name = 'trainyard-report-heart-disease', expired = false } = each;
        Object.assign(github.addArtifact({ run: id, name, zip: zipOf(each) }), { expired });
      }
      const event = JSON.parse(JSON.stringify(told).replaceAll(String(first.id), String(id))) as typeof told;
      Object.assign(event['workflow_run'] as object, run);
      // What the job of the workflow asks for, and not more.
      const token = github.token(`comment-${++tokens}`, {
        permissions: { actions: 'read', 'pull-requests': 'write' },
      });
      await before?.(rig);
      const seen = github.seen.length;
      const said: string[] = [];
      const env = {
        GITHUB_REPOSITORY: repository,
        GITHUB_API_URL: github.origin,
        GITHUB_GRAPHQL_URL: `${github.origin}/graphql`,
        RUNNER_TEMP: rig.path,
      };
      const outcome = await reportAction.run({
        inputs: { token, directory: '.' },
        effects: processEffects({ cwd: rig.path, env, signal: new AbortController().signal }),
        event,
        say: (text) => said.push(text),
        mask: () => undefined,
        addPath: () => undefined,
        project: '.',
      });
      const failures = outcome.ok ? (outcome.value.failures ?? []) : outcome.failure;
      const calls = github.seen.slice(seen);
      return {
        codes: failures.map(({ code }) => code),
        said: said.join('\n'),
        comments: [...github.world.comments.values()].filter(({ author }) => author === actionsBot),
        writes: calls.filter((call) => /\/(create|update|delete)-/.test(call)),
        calls: calls.length,
        failures: JSON.stringify(failures),
        outputs: outcome.ok ? outcome.value.outputs : {},
      };
    },
    [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose](),
  };
}

function zipOf({ zip, entries, bytes, report = honest }: Handed): Uint8Array {
  if (zip !== undefined) return zip;
  const content = bytes ?? JSON.stringify(report);
  return makeZip(entries ?? [{ name: 'report.json', bytes: Buffer.from(content) }]);
}
