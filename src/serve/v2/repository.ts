import type { Result } from '../../base/index.ts';
import { visibleFleet } from '../access/visible-fleet.ts';
import type { ServeFailure } from '../failures.ts';
import { serveFailure } from '../failures.ts';
import type { Fleet, ServedModel } from '../fleet.ts';
import type { HttpReply, HttpRequest } from '../http/message.ts';
import { modelAbsent } from '../model-absent.ts';
import { parametersOf, parseObject } from './parse-request.ts';
import { refusalReply, refused } from './refusal.ts';
import { bodyOf } from './request-body.ts';

/** Who knows what Git says. */
export interface RepositoryControl {
  /** Looks again what is to be served, and loads what is new; resolves when it is decided. */
  look(): Promise<void>;
}

interface RepositoryWorld {
  readonly fleet: Fleet;
  readonly limits: { readonly maxBytes: number };
  readonly repository?: RepositoryControl;
}

/** Every model and version that is loaded, and models that were asked for and are not; those that whoever asks may see. */
export async function repositoryIndex(
  request: HttpRequest,
  { fleet: whole, limits }: RepositoryWorld,
): Promise<HttpReply> {
  const fleet = visibleFleet(whole, request.identity);
  const asked = await objectOf(request, limits.maxBytes);
  if (!asked.ok) return refusalReply(asked.failure);
  const { ready } = asked.value;
  if (ready !== undefined && typeof ready !== 'boolean') {
    return refusalReply(refused('ready: expected true or false').failure);
  }
  const loaded = fleet.models();
  const known = new Set(loaded.map(({ name }) => name));
  const missing = Object.entries(fleet.readiness().models).filter(([name]) => !known.has(name));
  const index = [
    ...loaded.flatMap(entriesOf),
    ...missing.map(([name, { because }]) => ({ name, version: '', state: 'UNAVAILABLE', reason: because })),
  ];
  const shown = ready === true ? index.filter(({ state }) => state === 'READY') : index;
  return { status: 200, type: 'application/json', body: JSON.stringify(shown) };
}

function entriesOf({ name, versions }: ServedModel): readonly IndexEntry[] {
  return [...versions.keys()].map((version) => ({ name, version, state: 'READY', reason: '' }));
}

interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
}

/** Git decides what is served: loading is looking again what it says, and nothing that a request brings along. */
export async function repositoryLoad(
  request: HttpRequest,
  { fleet, limits, repository }: RepositoryWorld,
): Promise<HttpReply> {
  const asked = await objectOf(request, limits.maxBytes);
  if (!asked.ok) return refusalReply(asked.failure);
  const parameters = parametersOf(asked.value);
  if (parameters === undefined) return refusalReply(refused('parameters: expected an object').failure);
  if (Object.keys(parameters).length > 0) {
    const message = 'Git decides what is served: a request to load can bring no configuration and no files';
    return refusalReply(serveFailure('serve-repository-refused', message));
  }
  const { model = '' } = request.params;
  await repository?.look();
  const readiness = fleet.readiness().models;
  const state = Object.hasOwn(readiness, model) ? readiness[model] : undefined;
  if (fleet.model(model) === undefined && state === undefined) {
    return refusalReply(modelAbsent(fleet, model));
  }
  if (state?.ready === false) {
    return refusalReply(serveFailure('serve-not-ready', `${model} is not ready: ${state.because}`));
  }
  return { status: 200, type: 'application/json', body: '{}' };
}

/** Refused for every model: who may send requests may not end the service for others. */
export function repositoryUnload({ params }: HttpRequest, { fleet }: RepositoryWorld): HttpReply {
  const { model = '' } = params;
  if (fleet.model(model) === undefined) {
    return refusalReply(modelAbsent(fleet, model));
  }
  const message = `Git decides what is served: to end ${model}, archive it or take it out of its stage`;
  return refusalReply(serveFailure('serve-repository-refused', message));
}

async function objectOf(
  request: HttpRequest,
  maxBytes: number,
): Promise<Result<Readonly<Record<string, unknown>>, ServeFailure>> {
  const body = await bodyOf(request, maxBytes);
  return body.ok ? parseObject(body.value, { orEmpty: true }) : body;
}
