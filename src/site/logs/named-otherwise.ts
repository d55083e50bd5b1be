import type { SiteOutput } from '../output.ts';

/**
 * Which of some digests, in hexadecimal, any record of the site names as anything but the log of a step: as data, a model, or
 * another artifact.
 *
 * @param records files of all records, archived ones too
 */
export async function namedOtherwise(
  digests: Pick<ReadonlyMap<string, unknown>, 'has' | 'size'>,
  records: readonly string[],
  output: SiteOutput,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (digests.size === 0) return found;
  for (const path of records) {
    const text = (await output.read(path))?.toString('latin1') ?? '';
    const named = new Map<string, number>();
    for (const [hex] of text.matchAll(/[0-9a-f]{64}/g)) {
      if (digests.has(hex)) named.set(hex, (named.get(hex) ?? 0) + 1);
    }
    if (named.size === 0) continue;
    const logs = logsIn(text);
    for (const [hex, times] of named) if (times !== logs.get(hex)) found.add(hex);
  }
  return found;
}

/** How often a record names each digest as the log of a step. */
function logsIn(text: string): ReadonlyMap<string, number> {
  const logs = new Map<string, number>();
  for (const { artifacts } of stepsOf(text)) {
    for (const artifact of artifacts ?? []) {
      const hex = artifact?.name === 'log' ? artifact.digest?.slice('sha256:'.length) : undefined;
      if (hex !== undefined) logs.set(hex, (logs.get(hex) ?? 0) + 1);
    }
  }
  return logs;
}

interface Step {
  readonly artifacts?: readonly ({ readonly name?: string; readonly digest?: string } | null)[];
}

function stepsOf(text: string): readonly Step[] {
  try {
    const { steps } = JSON.parse(text) as { readonly steps?: readonly Step[] };
    return Array.isArray(steps) ? steps : [];
  } catch {
    return [];
  }
}
