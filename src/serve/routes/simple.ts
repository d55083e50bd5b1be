import { rowAnswer } from '../../servable/index.ts';
import type { AnsweredRows, AnsweringWorld } from '../answer-rows.ts';
import { answerRows } from '../answer-rows.ts';
import { serveFailure } from '../failures.ts';
import { failureReply } from '../http/listener.ts';
import type { HttpReply, HttpRequest, Route } from '../http/message.ts';

/** `POST /predict/<model>`: a flat object is one row, an array of them many. */
export function simpleRoutes(world: AnsweringWorld): readonly Route[] {
  return [
    { method: 'POST', path: '/predict/:model', handle: (request) => predict(request, world) },
    {
      method: 'POST',
      path: '/predict/:model/versions/:version',
      handle: (request) => predict(request, world),
    },
  ];
}

async function predict(request: HttpRequest, world: AnsweringWorld): Promise<HttpReply> {
  const body = await request.body();
  if (!body.ok) return failureReply(body.failure, request.id);
  let value: unknown;
  try {
    value = JSON.parse(body.value.toString('utf8'));
  } catch {
    return failureReply(serveFailure('serve-body-not-json', 'The body is not JSON'), request.id);
  }
  const isMany = Array.isArray(value);
  const { model, version } = request.params as { model: string; version?: string };
  const answered = await answerRows(
    {
      requestId: request.id,
      protocol: 'simple',
      model,
      ...(version === undefined ? {} : { version }),
      rows: isMany ? (value as unknown[]) : [value],
      header: (name) => request.headers[name] as string | undefined,
      arrived: request.arrived,
    },
    world,
  );
  if (!answered.ok) return failureReply(answered.failure, request.id);
  return { status: 200, type: 'application/json', body: bodyOf(answered.value, isMany, request.id) };
}

function bodyOf({ version, prediction, firstRow }: AnsweredRows, isMany: boolean, requestId: string): string {
  const { manifest } = version.engine.servable;
  const { run, commit } = manifest.lineage;
  const head = { model: manifest.model, version: manifest.modelVersion, run, commit, request: requestId };
  if (!isMany) return JSON.stringify({ ...head, prediction: rowAnswer(prediction, firstRow) });
  throw new Error('many rows: not yet');
}
