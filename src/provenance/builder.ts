import type { RunRecord } from '../runs/index.ts';

/** Who executed the run, as the one who signs claims it. */
export interface BuilderClaim {
  readonly id: string;
  /** The repository as a SPDX download location: `git+https://github.com/org/repository`. */
  readonly source?: string;
  /** Page of the CI job. */
  readonly job?: string;
}

const page = 'https://github.com/trainyard/trainyard/blob/main/docs/provenance.md';

/** What the parameters of a statement mean: https://slsa.dev/spec/v1.0/provenance#buildType */
export const buildType: string = `${page}#build-type-run-v1`;

/** A machine of somebody's: nothing but the signature vouches for it. */
export const localBuilder: string = `${page}#builder-local`;

/**
 * A job of GitHub Actions claims the run as its own only when the record says that it was made by this account at this
 * very commit: somebody else's run, attested in CI, was not executed by CI.
 */
export function builderOf(
  env: Readonly<Record<string, string | undefined>>,
  record: Pick<RunRecord, 'code' | 'trigger'>,
): BuilderClaim {
  const server = addressOf(env['GITHUB_SERVER_URL']);
  const repository = env['GITHUB_REPOSITORY'];
  const workflow = env['GITHUB_WORKFLOW_REF'];
  const isOurs =
    env['GITHUB_ACTIONS'] === 'true' &&
    record.code !== null &&
    !record.code.dirty &&
    // Rows of an event are committed first, and then the job is about that commit.
    record.code.commit !== null &&
    [env['GITHUB_SHA'], env['TRAINYARD_COMMIT']].includes(record.code.commit) &&
    record.trigger.actor !== undefined &&
    record.trigger.actor === env['GITHUB_ACTOR'];
  if (!isOurs || server === undefined || repository === undefined || workflow === undefined) {
    return { id: localBuilder };
  }
  const run = env['GITHUB_RUN_ID'];
  return {
    id: `${server}/${workflow}`,
    source: `git+${server}/${repository}`,
    ...(run === undefined
      ? {}
      : {
          job: `${server}/${repository}/actions/runs/${run}/attempts/${env['GITHUB_RUN_ATTEMPT'] ?? '1'}`,
        }),
  };
}

function addressOf(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, host } = new URL(text);
  return protocol === 'https:' ? `https://${host}` : undefined;
}
