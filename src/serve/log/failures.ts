import type { Failure } from '../../base/index.ts';

/** Why a prediction log cannot be opened, and the server does not start; the last one only waits. */
export type LogFailure = Failure<
  | 'serve-log-target-invalid'
  | 'serve-log-key-missing'
  | 'serve-log-authorization'
  | 'serve-log-spool-foreign'
  | 'serve-log-sink-unreachable'
>;

export function logTargetInvalid(to: string, because: string): LogFailure {
  return {
    code: 'serve-log-target-invalid',
    kind: 'input',
    message: `"${to}" is no place for a prediction log: ${because}`,
    remedy: 'Write file:<folder>, s3://bucket/prefix, or an https:// address that takes CloudEvents.',
  };
}

export function logKeyMissing(model: string, because: string): LogFailure {
  return {
    code: 'serve-log-key-missing',
    kind: 'input',
    message: `The log of ${model} shall hash personal columns, and ${because}`,
    remedy:
      'Set TRAINYARD_LOG_KEY to a secret of at least 32 characters (`openssl rand -hex 32`), or write `personal: drop`.',
  };
}

export function authorizationUnbound(origin: string, because: string): LogFailure {
  return {
    code: 'serve-log-authorization',
    kind: 'input',
    message: `TRAINYARD_LOG_AUTHORIZATION would be sent to ${origin}, where the prediction log goes, and ${because}`,
    remedy:
      'Set TRAINYARD_LOG_AUTHORIZATION_ORIGIN to the one origin that may get it (`https://events.example.org`), or unset both.',
  };
}

export function spoolForeign(folder: string): LogFailure {
  return {
    code: 'serve-log-spool-foreign',
    kind: 'world',
    message: `${folder}, where the prediction log would wait for its sink, belongs to somebody else`,
    remedy: 'Set TRAINYARD_LOG_SPOOL to a folder of your own.',
  };
}

export function sinkUnreachable(url: string, because: string): LogFailure {
  const { origin, pathname } = new URL(url);
  return {
    code: 'serve-log-sink-unreachable',
    kind: 'world',
    message: `${origin}${pathname} took no events: ${because}`,
    remedy:
      'Nothing: events wait, and are sent again. Look at the receiver, and at TRAINYARD_LOG_AUTHORIZATION.',
  };
}
