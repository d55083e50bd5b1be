import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from '@opentelemetry/api';

type Api = typeof import('@opentelemetry/api');

/** The span that a request says it belongs to, by W3C Trace Context; the root where it says nothing, or nonsense. */
export function parentOf(headers: IncomingHttpHeaders, api: Api): Context {
  const root = api.ROOT_CONTEXT;
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string') return root;
  const parts = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(traceparent.trim());
  if (parts === null) return root;
  const [, version, traceId, spanId, flags, rest] = parts as unknown as readonly string[];
  // Version 00 has four parts; later ones may have more; ff is forbidden.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return root;
  const state = typeof tracestate === 'string' && tracestate.length <= 512 ? tracestate : undefined;
  const parent = {
    traceId: traceId!,
    spanId: spanId!,
    traceFlags: Number.parseInt(flags!, 16) & 1,
    isRemote: true,
    ...(state === undefined ? {} : { traceState: api.createTraceState(state) }),
  };
  return api.isSpanContextValid(parent) ? api.trace.setSpanContext(root, parent) : root;
}
