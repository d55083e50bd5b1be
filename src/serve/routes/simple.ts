import type { AnsweringWorld } from '../answer-rows.ts';
import { answerRows } from '../answer-rows.ts';
import type { ServeFailure } from '../failures.ts';
import type { ServedModel } from '../fleet.ts';
import { failureReply } from '../http/failure-reply.ts';
import { jsonMediaType } from '../http/media-type.ts';
import type { HttpReply, HttpRequest, Route } from '../http/message.ts';
import { membersBeyond, readJson } from '../http/read-json.ts';
import { modelAbsent } from '../model-absent.ts';
import { answerHeaders, answerText } from '../simple/answer-text.ts';
import { bodyOf, compressed } from '../v2/request-body.ts';

/** `POST /predict/<model>`: a flat object is one row, an array of them many. */
export function simpleRoutes(world: AnsweringWorld): readonly Route[] {
  const handle = (request: HttpRequest): Promise<HttpReply> => predict(request, world);
  return [
    { method: 'POST', path: '/predict/:model', needs: 'predict', handle },
    { method: 'POST', path: '/predict/:model/versions/:version', needs: 'predict', handle },
  ];
}

async function predict(request: HttpRequest, world: AnsweringWorld): Promise<HttpReply> {
  const refuse = (failure: ServeFailure): HttpReply => failureReply(failure, request.id);
  const mediaType = jsonMediaType(request.headers['content-type']);
  if (mediaType !== undefined) return refuse(mediaType);
  const { model, version } = request.params as { model: string; version?: string };
  const served = world.fleet.model(model);
  if (served === undefined) return refuse(modelAbsent(world.fleet, model));
  const limits = { ...world.limits, ...served.limits };
  const body = await bodyOf(request, limits.maxBytes);
  if (!body.ok) return refuse(body.failure);
  const json = readJson(body.value, { rows: limits.maxRows, members: mostColumns(served) + membersBeyond });
  if (!json.ok) return refuse(json.failure);
  const { value } = json;
  const isMany = Array.isArray(value);
  const rows: readonly unknown[] = isMany ? value : [value];
  const answered = await answerRows(
    {
      requestId: request.id,
      protocol: 'simple',
      model,
      ...(version === undefined ? {} : { version }),
      rows,
      header: (name) => request.headers[name] as string | undefined,
      arrived: request.arrived,
    },
    world,
  );
  if (!answered.ok) return refuse(answered.failure);
  const reply: HttpReply = {
    status: 200,
    type: 'application/json',
    body: answerText(answered.value, request.id, isMany ? rows.length : undefined),
    headers: answerHeaders(answered.value.version),
  };
  const accepted = request.headers['accept-encoding'];
  return isMany && accepted !== undefined ? await compressed(reply, accepted) : reply;
}

/** Which version will answer is not known before the body is read. */
function mostColumns({ versions, served }: ServedModel): number {
  let most = served.engine.servable.manifest.columns.length;
  for (const { engine } of versions.values()) most = Math.max(most, engine.servable.manifest.columns.length);
  return most;
}
