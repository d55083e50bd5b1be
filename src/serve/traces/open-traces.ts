import { performance } from 'node:perf_hooks';
import type { AnswerEvent, Observer, RepliedRequest, ReplyEvent } from '../observer.ts';
import { parentOf } from './parent.ts';

export interface TracesOptions {
  /** Whole address of an OTLP receiver over HTTP: `http://127.0.0.1:4318/v1/traces`. */
  readonly endpoint: string;
  /** Of this server. */
  readonly serverVersion: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that spans wait for company. Default: 1,000. */
  readonly delay?: number;
  /** Milliseconds that an export may take, and the end of the server waits for it. Default: 5,000. */
  readonly patience?: number;
}

/** Traces of requests. Disposing sends what waits, as long as patience lasts. */
export interface Traces extends AsyncDisposable {
  readonly observer: Observer;
}

/** Spans that wait; more are dropped. */
const mostWaiting = 2048;
/**
 * Answers whose reply has not gone out; beyond, the oldest loses its attributes. Of one that came too late for its reply,
 * they stay: so they are a few words, and hold no rows.
 */
const mostAnswers = 10_000;

type Attributes = Readonly<Record<string, string | number>>;

/** What asks whether a server is well asks too often to be worth a trace. */
const untraced = new Set([
  '/health/live',
  '/health/ready',
  '/v2/health/live',
  '/v2/health/ready',
  '/metrics',
]);

/**
 * Makes a span of each request, a child of the `traceparent` that it brings, and exports them by OTLP over HTTP in the
 * background. The span is made when the answer has gone out: no request waits for it, and what cannot be exported is
 * dropped. Sampling and further settings are the environment variables of OpenTelemetry (`OTEL_TRACES_SAMPLER`,
 * `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`, …).
 */
export async function openTraces(options: TracesOptions): Promise<Traces> {
  const [
    api,
    sdk,
    { OTLPTraceExporter },
    { defaultResource, detectResources, envDetector, resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const { endpoint, serverVersion, now, delay = 1000, patience = 5000 } = options;
  const own = { 'service.name': 'trainyard', 'service.version': serverVersion };
  const resource = defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = new OTLPTraceExporter({ url: endpoint, timeoutMillis: patience, concurrencyLimit: 2 });
  const processor = new sdk.BatchSpanProcessor(exporter, {
    maxQueueSize: mostWaiting,
    maxExportBatchSize: 512,
    scheduledDelayMillis: delay,
    exportTimeoutMillis: patience,
  });
  const provider = new sdk.BasicTracerProvider({ resource, spanProcessors: [processor] });
  const tracer = provider.getTracer('trainyard', serverVersion);
  const answers = new Map<string, Attributes>();

  const trace = (event: ReplyEvent, request: RepliedRequest): void => {
    const answer = answers.get(request.id);
    answers.delete(request.id);
    if (untraced.has(event.route)) return;
    const route = event.route.replaceAll(/:(\w+)/g, '{$1}');
    const end = now();
    const span = tracer.startSpan(
      route === '' ? request.method : `${request.method} ${route}`,
      {
        kind: api.SpanKind.SERVER,
        startTime: timeOf(end - (performance.now() - request.began)),
        attributes: { ...attributesOf(event, request, route), ...answer },
      },
      parentOf(request.headers, api),
    );
    if (event.status >= 500) span.setStatus({ code: api.SpanStatusCode.ERROR });
    span.end(timeOf(end));
  };

  return {
    observer: {
      answered: (event) => {
        if (event.role === 'shadow') return;
        if (answers.size >= mostAnswers) answers.delete(answers.keys().next().value!);
        answers.set(event.requestId, answerAttributes(event));
      },
      replied: (event) => {
        if (event.request !== undefined) trace(event, event.request);
      },
    },
    [Symbol.asyncDispose]: async () => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, patience);
      });
      await Promise.race([provider.shutdown().catch(() => undefined), late]);
      clearTimeout(timer);
    },
  };
}

/** Names of the semantic conventions for HTTP servers. */
function attributesOf(
  { status, code }: ReplyEvent,
  { method, path }: RepliedRequest,
  route: string,
): Record<string, string | number> {
  return {
    'http.request.method': method,
    'http.response.status_code': status,
    'url.path': path.slice(0, 256),
    'url.scheme': 'http',
    ...(route === '' ? {} : { 'http.route': route }),
    ...(status >= 500 ? { 'error.type': code ?? String(status) } : {}),
    ...(code === undefined ? {} : { 'trainyard.failure': code }),
  };
}

function answerAttributes({ requestId, model, version, role, rows, protocol }: AnswerEvent): Attributes {
  return {
    'trainyard.request': requestId,
    'trainyard.model': model,
    'trainyard.protocol': protocol,
    'trainyard.role': role,
    'trainyard.rows': rows.length,
    ...(version === undefined ? {} : { 'trainyard.version': version.name }),
  };
}

/** Seconds and nanoseconds since 1970: a plain number would be taken for one of the monotonic clock when it is small. */
function timeOf(milliseconds: number): [number, number] {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - 1000 * seconds) * 1e6)];
}
