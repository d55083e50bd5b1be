import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { Need } from '../access/need.ts';
import { visibleFleet } from '../access/visible-fleet.ts';
import type { AnsweringWorld } from '../answer-rows.ts';
import { answerRows } from '../answer-rows.ts';
import type { ServeFailure } from '../failures.ts';
import type { ServedModel, ServedVersion } from '../fleet.ts';
import type { Handler, HttpReply, HttpRequest, Route } from '../http/message.ts';
import { modelAbsent, versionUnknown } from '../model-absent.ts';
import { extensions, modelConfiguration, modelMetadata } from '../v2/metadata.ts';
import { portsOf } from '../v2/ports.ts';
import { readInference } from '../v2/read-inference.ts';
import { refusalReply } from '../v2/refusal.ts';
import type { RepositoryControl } from '../v2/repository.ts';
import { repositoryIndex, repositoryLoad, repositoryUnload } from '../v2/repository.ts';
import { bodyOf, compressed } from '../v2/request-body.ts';
import type { Statistics } from '../v2/statistics.ts';
import { inferenceReply, outputsAskedFor } from '../v2/write-response.ts';

export interface ProtocolWorld extends AnsweringWorld {
  /** Of this server. */
  readonly serverVersion: string;
  readonly statistics: Statistics;
  readonly repository?: RepositoryControl;
}

/** The Open Inference Protocol V2 over HTTP. */
export function protocolRoutes(world: ProtocolWorld): readonly Route[] {
  const { fleet, statistics, serverVersion } = world;
  const server = { name: 'trainyard', version: serverVersion, extensions };
  const get = (path: string, handle: Handler, needs?: Need): Route[] => [
    { method: 'GET', path, handle, refuse: refusalReply, ...(needs === undefined ? {} : { needs }) },
  ];
  const post = (path: string, handle: Handler, needs?: Need): Route[] => [
    { method: 'POST', path, handle, refuse: refusalReply, ...(needs === undefined ? {} : { needs }) },
  ];
  const about = (path: string, tell: (model: ServedModel, version: ServedVersion) => unknown): Route[] =>
    ['/v2/models/:model', '/v2/models/:model/versions/:version'].flatMap((start) =>
      get(`${start}${path}`, ({ params }) => {
        const found = find(world, params);
        return found.ok
          ? json(200, tell(found.value.model, found.value.version))
          : refusalReply(found.failure);
      }),
    );
  const infer = (request: HttpRequest): Promise<HttpReply> => answerInference(request, world);
  return [
    ...get('/v2', () => json(200, server)),
    ...get('/v2/', () => json(200, server)),
    ...get('/v2/health/live', () => json(200, { live: true }), 'open'),
    ...get('/v2/health/ready', () => readyReply(fleet.readiness().ready), 'open'),
    ...get('/v2/models', ({ identity }) =>
      json(200, {
        models: visibleFleet(fleet, identity)
          .models()
          .map(({ name }) => name),
      }),
    ),
    ...get('/v2/models/stats', () => json(200, statistics.of(fleet.models())), 'metrics'),
    ...about('', modelMetadata),
    ...about('/config', modelConfiguration),
    ...about('/ready', ({ name }) => ({ name, ready: true })),
    ...get(
      '/v2/models/:model/stats',
      ({ params }) => {
        const found = find(world, params);
        return found.ok ? json(200, statistics.of([found.value.model])) : refusalReply(found.failure);
      },
      'metrics',
    ),
    ...get(
      '/v2/models/:model/versions/:version/stats',
      ({ params }) => {
        const found = find(world, params);
        if (!found.ok) return refusalReply(found.failure);
        return json(200, statistics.of([found.value.model], params['version']));
      },
      'metrics',
    ),
    ...post('/v2/models/:model/infer', infer),
    ...post('/v2/models/:model/versions/:version/infer', infer),
    ...post('/v2/repository/index', (request) => repositoryIndex(request, world)),
    ...post('/v2/repository/models/:model/load', (request) => repositoryLoad(request, world), 'admin'),
    ...post('/v2/repository/models/:model/unload', (request) => repositoryUnload(request, world), 'admin'),
  ];
}

/** Not ready is a 4xx, as the protocol asks for; Triton answers this one. */
function readyReply(ready: boolean): HttpReply {
  return json(ready ? 200 : 400, { ready });
}

async function answerInference(request: HttpRequest, world: ProtocolWorld): Promise<HttpReply> {
  const reply = await infer(request, world);
  if (!reply.ok) return refusalReply(reply.failure);
  const accepted = request.headers['accept-encoding'];
  return accepted === undefined ? reply.value : await compressed(reply.value, accepted);
}

async function infer(request: HttpRequest, world: ProtocolWorld): Promise<Result<HttpReply, ServeFailure>> {
  const found = find(world, request.params);
  if (!found.ok) return found;
  const limits = { ...world.limits, ...found.value.model.limits };
  const body = await bodyOf(request, limits.maxBytes);
  if (!body.ok) return body;
  // Canaries and shadows get the same rows: tensors are read as the version has them that is served.
  const ports = portsOf(found.value.version.engine.servable);
  const read = readInference(request, body.value, { ports, maxRows: limits.maxRows });
  if (!read.ok) return read;
  const { inference, rows } = read.value;
  const asked = outputsAskedFor(inference, ports.outputs);
  if (!asked.ok) return asked;
  const { version } = request.params;
  const answered = await answerRows(
    {
      requestId: request.id,
      protocol: 'v2',
      model: found.value.model.name,
      ...(version === undefined ? {} : { version }),
      rows,
      header: (name) => request.headers[name] as string | undefined,
      arrived: request.arrived,
    },
    world,
  );
  if (!answered.ok) return answered;
  return inferenceReply(inference, answered.value, { requestId: request.id, rows: rows.length });
}

function find(
  { fleet }: ProtocolWorld,
  params: Readonly<Record<string, string>>,
): Result<{ readonly model: ServedModel; readonly version: ServedVersion }, ServeFailure> {
  const { model: name = '', version: versionName } = params;
  const model = fleet.model(name);
  if (model === undefined) {
    return failed(modelAbsent(fleet, name));
  }
  const version = versionName === undefined ? model.served : model.versions.get(versionName);
  if (version === undefined) {
    return failed(versionUnknown(name));
  }
  return success({ model, version });
}

function json(status: number, value: unknown): HttpReply {
  return { status, type: 'application/json', body: JSON.stringify(value) };
}
