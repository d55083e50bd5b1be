import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { filesOf, linesOf } from '../files.ts';
import type { Builtin } from './builtin.ts';
import { inputs, needsPermission } from './builtin.ts';

/** actions/attest and its kin: notes what would be attested, when the job has the rights that it takes. */
export function attest(usual: string): Builtin {
  return {
    inputs: inputs({
      'subject-path': '',
      'subject-digest': '',
      'subject-name': '',
      'subject-checksums': '',
      'predicate-type': usual,
      predicate: '',
      'predicate-path': '',
      'sbom-path': '',
      'push-to-registry': 'false',
      'create-storage-record': 'true',
      'show-summary': 'true',
      'github-token': '${{ github.token }}',
    }),
    main: async (call) => {
      needsPermission(call, 'id-token', 'write');
      needsPermission(call, 'attestations', 'write');
      const { state } = call;
      const files = filesOf(linesOf(call.input('subject-path')), state.workspace, true);
      const subjects = files.map((file) => ({
        name: call.input('subject-name') || basename(file),
        digest: `sha256:${createHash('sha256').update(readFileSync(file)).digest('hex')}`,
      }));
      if (call.input('subject-digest') !== '') {
        subjects.push({ name: call.input('subject-name'), digest: call.input('subject-digest') });
      }
      if (subjects.length === 0)
        throw new Error(`Could not find subject at path ${call.input('subject-path')}`);
      const { run } = state.frame;
      for (const subject of subjects) {
        run.attestations.push({ job: state.id, ...subject, predicateType: call.input('predicate-type') });
      }
      const { serverUrl } = state.yard.forge;
      call.output('attestation-id', String(state.yard.nextId()));
      call.output('attestation-url', `${serverUrl}/${run.occasion.repository}/attestations`);
    },
  };
}
