import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { HttpRequest } from '../http/message.ts';
import type { ServerLog } from '../logs/server-log.ts';
import type { AccessControl } from './access-control.ts';
import type { AccessFile, OpenArea } from './access-file.ts';
import { Buckets } from './buckets.ts';
import { accessFileInvalid } from './failures.ts';
import type { GrantedIdentity } from './grants.ts';
import { keyFinder } from './keys.ts';
import type { Identity, Need } from './need.ts';
import { presentedSecret } from './presented.ts';
import { readAccessFile } from './read-access-file.ts';
import type { TokenReader } from './tokens.ts';
import { openTokens } from './tokens.ts';

export interface AccessOptions {
  readonly file: string;
  readonly log?: ServerLog;
  /** Milliseconds between two looks at the file. Default: 2,000. */
  readonly lookMs?: number;
  /** Milliseconds between two looks for new keys of issuers. Default: 300,000. */
  readonly refreshMs?: number;
}

interface Rules {
  readonly open: ReadonlySet<OpenArea>;
  readonly findKey: (presented: string) => GrantedIdentity | undefined;
  readonly tokens: TokenReader | undefined;
}

/** Opens the access file, and looks at it again and again: a new one counts from then on, one with mistakes never. */
export async function openAccess(options: AccessOptions): Promise<Result<AccessControl, readonly Failure[]>> {
  const { file, log, lookMs = 2_000, refreshMs = 300_000 } = options;
  const first = await load(file);
  if (!first.ok) return first;
  let { rules, text } = first.value;
  const buckets = new Buckets();
  void rules.tokens?.refresh().then(tellProblems);

  const look = async (): Promise<void> => {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes === undefined || bytes.equals(text)) return;
    text = bytes;
    const next = await rulesOf(file, bytes);
    if (next.ok) {
      rules = next.value;
      log?.({ level: 'info', event: 'access', message: 'The access file was read again' });
      return;
    }
    const because = next.failure.map(({ message, place }) => `${place?.line ?? 1}: ${message}`);
    const message = 'The access file has mistakes, and the one before still counts';
    log?.({ level: 'error', event: 'access', message, facts: { because } });
  };
  function tellProblems(problems: readonly string[]): void {
    for (const because of problems) {
      const message = 'The keys of an issuer cannot be fetched; those that are known still count';
      log?.({ level: 'warn', event: 'access', message, facts: { because } });
    }
  }
  let looking = Promise.resolve();
  const looks = setInterval(() => {
    looking = looking.then(look);
  }, lookMs).unref();
  const refreshes = setInterval(() => void rules.tokens?.refresh().then(tellProblems), refreshMs).unref();

  const decide = (
    identity: GrantedIdentity,
    need: Need,
    model: string | undefined,
  ): Result<Identity, ServeFailure> => {
    if (identity.rate !== undefined) {
      const wait = buckets.take(identity.name, identity.rate, performance.now());
      if (wait !== undefined)
        return failed(serveFailure('serve-rate', 'Too many requests of one caller', { retryAfter: wait }));
    }
    const needsNoMore = need === 'known' || need === 'docs' || need === 'open';
    if (needsNoMore || identity.may(need, model)) return success(identity);
    const where = model === undefined ? '' : ' with this model';
    return failed(serveFailure('serve-permission', `Whoever asks has no right to ${words[need]}${where}`));
  };

  return success({
    admit: (request: HttpRequest, need, model) => {
      if (isOpen(need, rules.open)) return success(undefined);
      const presented = presentedSecret(request);
      if (!presented.ok) return presented;
      const identity = rules.findKey(presented.value);
      if (identity !== undefined) return decide(identity, need, model);
      if (rules.tokens === undefined || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(presented.value)) return unknownKey;
      return rules.tokens
        .read(presented.value)
        .then((read) => (read.ok ? decide(read.value, need, model) : read));
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(looks);
      clearInterval(refreshes);
      await looking;
    },
  });
}

/** Every mistake in an access file. */
export async function checkAccess(file: string): Promise<readonly Failure[]> {
  const loaded = await load(file);
  return loaded.ok ? [] : loaded.failure;
}

const words = {
  predict: 'predict',
  feedback: 'give feedback',
  metrics: 'see metrics',
  admin: 'administer',
} as const;

const unknownKey = failed(serveFailure('serve-identity-unknown', 'The key or token is not known here'));

function isOpen(need: Need, open: ReadonlySet<OpenArea>): boolean {
  return (need === 'docs' && open.has('docs')) || (need === 'metrics' && open.has('metrics'));
}

async function load(
  file: string,
): Promise<Result<{ readonly rules: Rules; readonly text: Buffer }, readonly Failure[]>> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    return failed([accessFileInvalid({ file }, unreadable(error))]);
  }
  const rules = await rulesOf(file, text);
  return rules.ok ? success({ rules: rules.value, text }) : rules;
}

function unreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return 'the access file is not there';
    case 'EISDIR':
      return 'the access file is a folder';
    case 'EACCES':
      return 'the access file may not be read by this user';
    default:
      return `the access file cannot be read: ${message}`;
  }
}

async function rulesOf(file: string, bytes: Uint8Array): Promise<Result<Rules, readonly Failure[]>> {
  const read = await readAccessFile(file, bytes);
  if (!read.ok) return read;
  const { open = [], keys = [], tokens = [] }: AccessFile = read.value;
  try {
    return success({
      open: new Set(open),
      findKey: keyFinder(keys),
      tokens: tokens.length === 0 ? undefined : await openTokens(tokens, dirname(file), Date.now),
    });
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    return failed([accessFileInvalid({ file }, `the keys of an issuer cannot be read: ${because}`)]);
  }
}
