import type { Digest, Verdict } from '../base/index.ts';
import { digestOfBytes, worstVerdict } from '../base/index.ts';
import { judgeAttestation } from './judge-attestation.ts';
import { checkAgainstRecord } from './links/version.ts';
import type { ModelQuestion } from './question.ts';
import type { Verification, VerificationCheck } from './verification.ts';

/** Follows every link from the bytes to the signature and back to the record, and says of each whether it holds. */
export async function verifyModel(question: ModelQuestion): Promise<Verification> {
  const { model, version, expected, bundles } = question;
  const found = 'bytes' in model ? digestOfBytes(model.bytes) : model.digest;
  const wanted = version?.digest ?? expected?.digest ?? found;
  const own = checkModel(question, found, wanted);
  const judged = await Promise.all(
    bundles.map((bundle) => judgeAttestation(bundle, { ...question, digest: wanted })),
  );
  judged.sort((a, b) => rank(b.checks) - rank(a.checks));
  const best = judged[0]?.checks ?? [noAttestation(wanted)];
  const isTagChecked = version === undefined || best.some((check) => check.check === 'version');
  const tag = isTagChecked ? [] : [checkAgainstRecord(version, question.record)];
  const checks = [own, ...tag, ...best];
  const name = version?.model ?? judged[0]?.model;
  return {
    verdict: worstVerdict(checks.map((check) => check.verdict)),
    ...(name === undefined ? {} : { model: name }),
    digest: found,
    checks,
    attestations: judged.map(({ path, signer, checks: all }) => {
      const wrong = all.find((check) => check.verdict === 'fail') ?? all.find(isOpen);
      return {
        path,
        verdict: worstVerdict(all.map((check) => check.verdict)),
        because: wrong?.because ?? 'every link holds',
        ...(signer === undefined ? {} : { signer }),
      };
    }),
  };
}

function checkModel(question: ModelQuestion, found: Digest, wanted: Digest): VerificationCheck {
  const { model, version, expected } = question;
  const source = version?.tag ?? expected?.of;
  if (!('bytes' in model)) {
    return {
      check: 'model',
      verdict: model.state === 'damaged' ? 'fail' : 'inconclusive',
      because: model.because,
    };
  }
  if (found !== wanted) {
    return {
      check: 'model',
      verdict: 'fail',
      because: `${model.file} is ${found}, and ${source} names ${wanted}`,
      place: { file: model.file, expected: wanted, found },
    };
  }
  const because =
    source === undefined ? `${model.file} is ${found}` : `${model.file} is what ${source} names`;
  return { check: 'model', verdict: 'pass', because };
}

function noAttestation(digest: Digest): VerificationCheck {
  return {
    check: 'attestation',
    verdict: 'inconclusive',
    because: `nobody has signed for ${digest}: the runs branch of this clone holds no attestation of it`,
  };
}

/** How far an attestation came: the one to speak of is good, or the one with the fewest reasons against it. */
function rank(checks: readonly VerificationCheck[]): number {
  const weight: Readonly<Record<Verdict, number>> = { pass: 0, inconclusive: 1, fail: 100 };
  const passed = checks.findIndex((check) => check.verdict !== 'pass');
  const reached = passed === -1 ? checks.length : passed;
  return reached * 1_000 - checks.reduce((sum, check) => sum + weight[check.verdict], 0);
}

function isOpen(check: VerificationCheck): boolean {
  return check.verdict !== 'pass';
}
