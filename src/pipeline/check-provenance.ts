import path from 'node:path';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import { publicKeyProblem } from './public-key.ts';
import type { ReadFile } from './read-source.ts';
import { shown } from './shape-words.ts';
import type { YamlValue } from './yaml.ts';

/** What is written under `provenance`, as far as its shape is right. */
export interface ProvenanceDraft {
  readonly keys?: readonly (string | undefined)[];
  readonly sigstore?: {
    readonly issuer?: string;
    readonly identity?: string;
    readonly 'trusted-root'?: string;
  };
}

/** Paths, issuer and identity, without a look at any file. */
export function checkProvenance(
  { places }: YamlValue,
  { keys = [], sigstore = {} }: ProvenanceDraft,
): readonly FileFailure[] {
  const at = ['provenance', 'sigstore'];
  const { issuer, identity } = sigstore;
  const root = sigstore['trusted-root'];
  const files = [
    ...keys.map((file, i) => ({ file, at: ['provenance', 'keys', i] })),
    { file: root, at: [...at, 'trusted-root'] },
  ];
  const failures: FileFailure[] = [];
  for (const { file, at: place } of files) {
    if (file === undefined || isInside(file)) continue;
    const message = `${shown(file)} is outside of the repository`;
    const remedy = 'who is trusted must be part of the commit: write a path relative to trainyard.yaml';
    failures.push(mistake('pipeline-provenance-file', message, places.place(place), remedy));
  }
  if (issuer !== undefined && !/^https:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/.test(issuer)) {
    const message = `${shown(issuer)} is no issuer of identities`;
    const remedy = 'for GitHub Actions write `https://token.actions.githubusercontent.com`';
    failures.push(mistake('pipeline-provenance-identity', message, places.place([...at, 'issuer']), remedy));
  }
  const wide = identity === undefined ? undefined : problemOfIdentity(identity);
  if (wide !== undefined) {
    const remedy =
      'write the workflow in full: `https://github.com/<owner>/<repository>/.github/workflows/train.yml@refs/heads/main`';
    failures.push(mistake('pipeline-provenance-identity', wide, places.place([...at, 'identity']), remedy));
  }
  return failures;
}

function isInside(file: string): boolean {
  const normal = path.posix.normalize(file);
  const isElsewhere = path.posix.isAbsolute(normal) || /^([A-Za-z]:|~)/.test(normal) || file.includes('\\');
  return !isElsewhere && normal !== '..' && !normal.startsWith('../');
}

/** `*` may leave the ending open, but not whose repository signs: `https://github.com/org/shop*` would trust `shop-evil`. */
function problemOfIdentity(identity: string): string | undefined {
  if (/\s/.test(identity)) return `${shown(identity)} holds white space, and no identity does`;
  const star = identity.indexOf('*');
  if (star === -1) {
    const isKnown = /^https:\/\/[^/]+\/.+$/.test(identity) || /^[^@/]+@[^@/]+$/.test(identity);
    return isKnown ? undefined : `${shown(identity)} is neither an address nor an address for mail`;
  }
  if (star !== identity.length - 1) return `in ${shown(identity)} the \`*\` does not stand at the end`;
  if (!/^https:\/\/[^/]+\/[^/*]+\//.test(identity)) return `${shown(identity)} trusts more than one owner`;
  const isOne = /^https:\/\/[^/]+\/[^/]+\/[^/*]+\/.*\*$/.test(identity);
  return isOne ? undefined : `${shown(identity)} trusts more than one repository`;
}

/** The files of keys: there, and public keys. */
export async function checkKeys(
  { places }: YamlValue,
  { keys = [] }: { readonly keys?: readonly string[] },
  options: { readonly root: string; readonly readFile: ReadFile },
): Promise<readonly FileFailure[]> {
  const failures: FileFailure[] = [];
  for (const [i, file] of keys.entries()) {
    const problem = await problemOfKey(path.resolve(options.root, file), options.readFile);
    if (problem === undefined) continue;
    const remedy = `write the public half: \`openssl pkey -in signing.pem -pubout -out ${path.basename(file)}\``;
    const place = places.place(['provenance', 'keys', i]);
    failures.push(mistake('pipeline-provenance-key', `${shown(file)} ${problem}`, place, remedy));
  }
  return failures;
}

async function problemOfKey(file: string, readFile: ReadFile): Promise<string | undefined> {
  let pem: string;
  try {
    pem = Buffer.from(await readFile(file)).toString('utf8');
  } catch {
    return 'cannot be read: there is no such file';
  }
  const problem = publicKeyProblem(pem);
  switch (problem?.kind) {
    case undefined:
      return undefined;
    case 'private':
      return 'holds a private key: everybody who reads the repository can sign with it';
    case 'form':
      return `is no public key in PEM: ${problem.found}`;
    case 'type':
      return `is a key of the kind ${problem.found}: Ed25519 and ECDSA on P-256 are supported`;
  }
}
