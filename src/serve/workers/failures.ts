import type { Failure } from '../../base/index.ts';

export type ServerFailure = Failure<'serve-listen' | 'serve-plan' | 'serve-setting' | 'serve-worker-ended'>;

export function cannotListen(host: string, port: number, cause: unknown): ServerFailure {
  const code = (cause as { readonly code?: string }).code;
  const because =
    code === 'EADDRINUSE'
      ? 'somebody listens there already'
      : cause instanceof Error
        ? cause.message
        : String(cause);
  return {
    code: 'serve-listen',
    kind: 'world',
    message: `The server cannot listen on ${host}:${port}: ${because}`,
    remedy: listenRemedy(code),
    cause,
  };
}

function listenRemedy(code: string | undefined): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return 'Choose another `--host`: an address of this machine, `127.0.0.1` for itself alone, or `0.0.0.0` for all it has.';
    case 'EACCES':
      return 'Choose a `--port` from 1024 on: those below need rights.';
    default:
      return 'Choose another `--port` (0 takes one that is free), or end whoever listens there.';
  }
}

export function workerEnded(how: string): ServerFailure {
  return {
    code: 'serve-worker-ended',
    kind: 'world',
    message: `A process that should answer ended while it started: ${how}`,
    remedy: 'Try it with `--workers 1`, where it tells more; look at the memory that there is.',
  };
}

export function settingInvalid(name: string, value: string, expected: string): ServerFailure {
  return {
    code: 'serve-setting',
    kind: 'input',
    message: `${name} is ${JSON.stringify(value)}, expected is ${expected}`,
    remedy: 'The settings of the server are in docs/serving.md.',
  };
}

export function planUnreadable(path: string, because: unknown): ServerFailure {
  return {
    code: 'serve-plan',
    kind: 'input',
    message: `${path} cannot be read as a plan of what is served: ${because instanceof Error ? because.message : String(because)}`,
    remedy: 'Name a plan.json, as `trainyard build` writes it, or a folder with one servable a model.',
  };
}
