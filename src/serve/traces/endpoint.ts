/** Where traces go, as the environment variables of OpenTelemetry name it; `undefined`: nowhere. */
export function tracesEndpoint(
  env: Readonly<Record<string, string | undefined>>,
  option?: string,
): string | undefined {
  if (option !== undefined) return withPath(option);
  if (env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true') return undefined;
  if (env['OTEL_TRACES_EXPORTER'] === 'none') return undefined;
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: whole, OTEL_EXPORTER_OTLP_ENDPOINT: base } = env;
  // OpenTelemetry asks to go on without what cannot be read.
  if (whole !== undefined && whole !== '') return isAddress(whole) ? whole : undefined;
  return base === undefined || !isAddress(base) ? undefined : withPath(base);
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

function withPath(base: string): string {
  const url = base.replace(/\/+$/, '');
  return url.endsWith('/v1/traces') ? url : `${url}/v1/traces`;
}
