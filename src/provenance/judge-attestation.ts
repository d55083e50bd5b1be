import type { Digest } from '../base/index.ts';
import { digestOfBytes } from '../base/index.ts';
import type { Signer, StoredBundle } from './attestation.ts';
import { attestationName, attestationOfPath } from './attestation-path.ts';
import { readBundle } from './bundle.ts';
import { breaks, holds, placeIn, unknown } from './links/check.ts';
import { checkRecord } from './links/record.ts';
import { checkCode, checkStatement } from './links/statement.ts';
import { checkSubject } from './links/subject.ts';
import { checkVersion } from './links/version.ts';
import type { ModelQuestion } from './question.ts';
import type { VerificationCheck } from './verification.ts';
import { signerName } from './verification.ts';
import { verifySignature } from './verify-signature.ts';

export interface Judgement {
  readonly path: string;
  /** Only when the signature holds; so is the name. */
  readonly signer?: Signer;
  readonly model?: string;
  readonly checks: readonly VerificationCheck[];
}

type Question = ModelQuestion & { readonly digest: Digest };

/** Follows the links of one attestation, from its own bytes to the code. Nothing is believed that nobody signed. */
export async function judgeAttestation(stored: StoredBundle, question: Question): Promise<Judgement> {
  const { path } = stored;
  const changed = checkDigest(stored);
  if (changed !== undefined) return { path, checks: [changed] };
  const read = await readBundle(stored);
  if ('problem' in read) {
    const broken = breaks(
      'attestation',
      `${attestationName(path)}: ${read.problem}`,
      placeIn(path, read.field),
    );
    return { path, checks: [broken] };
  }
  const readable = holds('attestation', `${attestationName(path)} can be read`);
  const signature = await verifySignature(read.bundle, question.trust, question.root);
  if (signature.verdict !== 'pass') {
    const { verdict, because, field } = signature;
    const place = placeIn(path, field);
    return {
      path,
      checks: [
        readable,
        { check: 'signature', verdict, because: `${attestationName(path)}: ${because}`, place },
      ],
    };
  }
  const { signer } = signature;
  const { statement } = read;
  const { version, record, digest } = question;
  const about = checkSubject(statement, path, { digest, name: version?.model });
  const recorded = checkRecord(statement, path, record);
  const isRecord = recorded.verdict === 'pass';
  const skipped = 'the record that was signed is not at hand';
  return {
    path,
    signer,
    model: statement.subject[0]?.name ?? '',
    checks: [
      readable,
      holds('signature', `signed by ${signerName(signer)}`),
      about,
      ...(version === undefined ? [] : [checkVersion(statement, path, version)]),
      recorded,
      isRecord ? checkStatement(statement, path, record?.record) : unknown('statement', skipped),
      isRecord ? checkCode(record?.record) : unknown('code', skipped),
    ],
  };
}

/** A file that is kept under its own digest was changed when the digest is another one. */
function checkDigest({ path, bytes }: StoredBundle): VerificationCheck | undefined {
  const expected = attestationOfPath(path)?.bundle;
  const found = digestOfBytes(bytes);
  if (expected === undefined || found === expected) return undefined;
  const because = `${attestationName(path)} was changed: its digest is ${found}`;
  return breaks('attestation', because, { file: path, expected, found });
}
