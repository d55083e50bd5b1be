import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { RunRecord } from '../record.ts';
import type { ReproductionFailure } from './failures.ts';
import { impossible } from './failures.ts';

/** The commit that holds all that the run was made of; there is none when files had changed since. */
export function reproducibleCommit(run: RunRecord): Result<string, ReproductionFailure> {
  const { code } = run;
  if (code === null) {
    const remedy = 'Put the project under Git ("git init"), commit, and run the pipeline again.';
    return failed(impossible(run, 'it ran outside of Git, so nobody knows with which files', remedy));
  }
  if (code.commit === null) {
    return failed(impossible(run, 'there was no commit yet', 'Commit, and run the pipeline again.'));
  }
  if (code.dirty) {
    return failed(
      impossible(
        run,
        `the work tree was other than its commit ${code.commit.slice(0, 7)}, and what it was is nowhere`,
        'Commit or ignore what changed, and run the pipeline again: that run can be reproduced.',
      ),
    );
  }
  if (run.status === 'cancelled') {
    return failed(
      impossible(run, 'it was interrupted, so there is nothing to compare', 'Reproduce another run.'),
    );
  }
  return success(code.commit);
}
