import type { ServeFailure } from './failures.ts';
import { serveFailure } from './failures.ts';
import type { Fleet } from './fleet.ts';

/** Why a model does not answer: it is not served here, or it is and is not loaded yet. */
export function modelAbsent(fleet: Fleet, name: string): ServeFailure {
  const { ready, models } = fleet.readiness();
  // Before the first plan is applied, nobody knows what will be served.
  const isComing = !ready && (Object.hasOwn(models, name) || Object.keys(models).length === 0);
  return isComing
    ? serveFailure('serve-not-ready', 'This model is not loaded', { retryAfter: 1 })
    : modelUnknown();
}

export function modelUnknown(): ServeFailure {
  return serveFailure(
    'serve-model-unknown',
    'No model of this name is served here; /docs lists those that are',
  );
}

export function versionUnknown(model: string): ServeFailure {
  const message = `No version of this name of ${model} is served here; /docs lists those that are`;
  return serveFailure('serve-version-unknown', message);
}
