import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { Project } from '../pipeline/index.ts';
import type { Attested } from '../provenance/index.ts';
import { attestIfConfigured, isWanted } from '../provenance/index.ts';
import type { RunRecord } from '../runs/index.ts';
import { openRuns } from '../runs/index.ts';
import type { Effects } from './effects.ts';
import { openRegistry } from './open-registry.ts';

export interface AttestRecordedOptions {
  /** Its id. */
  readonly run: string;
  /** Also where the project asks for no provenance. */
  readonly always?: boolean;
}

export interface AttestRecordedReport {
  /** Absent when nothing was signed. */
  readonly attested?: Attested;
  /** The project asks for provenance, there is a model to vouch for, and nothing to sign with. */
  readonly unsigned?: string;
}

/**
 * Signs where the model of a run comes from, where the project asks for that, before its record is shared: so that the
 * attestation goes with it. What failed a gate is vouched for by nobody.
 */
export async function attestRecorded(
  { run, always = false }: AttestRecordedOptions,
  effects: Pick<Effects, 'cwd' | 'env' | 'now'>,
): Promise<Result<AttestRecordedReport, readonly Failure[]>> {
  const opened = await openRegistry(effects);
  if (!opened.ok) return opened;
  const { root, project, repository } = opened.value;
  const { branch } = project.runs;
  const found = await openRuns({ repository, branch, root }).find(run, undefined);
  if (!found.ok) return failed([found.failure]);
  if (!isWorthIt(found.value)) return success({});
  const { cwd, env, now } = effects;
  const { provenance } = project;
  const place = { repository, branch };
  const done = await attestIfConfigured(
    { record: found.value, provenance, env, cwd, time: now(), always },
    place,
  );
  if (!done.ok) return failed([done.failure]);
  if (done.value !== undefined) return success({ attested: done.value });
  // There is something to sign with, so somebody has signed before.
  if (always || isWanted(env, provenance)) return success({});
  const lacking = lackOf(project);
  return success(lacking === undefined ? {} : { unsigned: lacking });
}

function isWorthIt({ status, verdict, model }: RunRecord): boolean {
  return status === 'succeeded' && verdict !== 'fail' && model !== undefined;
}

/** Who asks for signatures that this job cannot give. */
function lackOf({ stages, provenance }: Project): string | undefined {
  const { keys = [], sigstore } = provenance;
  if (sigstore !== undefined) {
    return '`provenance:` in trainyard.yaml trusts the identity of a workflow, and this job has none: it needs `id-token: write`';
  }
  const asking = stages.find((stage) => stage.provenance === true)?.name;
  if (asking === undefined) return undefined;
  return keys.length > 0
    ? `${asking} asks for provenance: somebody with a trusted key has to sign, or this job needs TRAINYARD_SIGNING_KEY`
    : `${asking} asks for provenance, and \`provenance:\` in trainyard.yaml trusts neither a key nor the identity of this workflow`;
}
