import type { PlannedModel, RefusedVersion } from '../plan.ts';

/** How a model stands, in one sentence: `v1.4.0 answers; v1.5.0 was refused: …`. */
export function becauseOf(
  { served, shadows, canary }: PlannedModel,
  answering: string | undefined,
  refused: readonly RefusedVersion[],
): string {
  const failures = refused.map(
    ({ name, failure }) => `${name} was refused: ${withoutPlaces(failure.message)}`,
  );
  if (answering === undefined) return failures.join('; ') || `${served} was not loaded`;
  const isRefused = new Set(refused.map(({ name }) => name));
  const others = [
    ...(canary === undefined || isRefused.has(canary.version)
      ? []
      : [`${canary.version} gets ${percent(canary.share)} of the requests`]),
    ...shadows.filter((name) => !isRefused.has(name)).map((name) => `${name} gets copies`),
  ];
  return [`${answering} answers`, ...others, ...failures].join('; ');
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(6))} %`;
}

/** Anybody may ask for the readiness: paths and addresses of the inside are in the log only. */
export function withoutPlaces(text: string): string {
  return text.replace(/(?<![\w.@#])(?:[a-z][a-z0-9+.-]*:\/\/|\/|[A-Za-z]:\\)[^\s,;()'"]*[^\s,;:.()'"]/g, '…');
}
