/** One family of the text format of Prometheus, 0.0.4. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly {
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly value: number;
  }[];
}

const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d\S*|NaN|[+-]Inf)$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

/** Parses strictly: what the format does not allow throws. */
export function parseExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, Family & { samples: Family['samples'][number][] }>();
  let current: (Family & { samples: Family['samples'][number][] }) | undefined;
  let help: readonly [string, string] | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const helped = /^# HELP (\S+) (.*)$/.exec(line);
    if (helped !== null) {
      help = [helped[1]!, helped[2]!];
      continue;
    }
    const typed = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line);
    if (typed !== null) {
      const [, name, type] = typed as unknown as [string, string, string];
      if (help?.[0] !== name) throw new Error(`${name} has no help before its type`);
      if (families.has(name)) throw new Error(`${name} comes twice`);
      current = { name, type, help: help[1], samples: [] };
      families.set(name, current);
      continue;
    }
    const found = sample.exec(line);
    if (found === null || current === undefined) throw new Error(`this is no sample: ${line}`);
    const [, name, labels = '', value] = found as unknown as [string, string, string | undefined, string];
    const suffix = current.type === 'histogram' ? '(_bucket|_sum|_count)' : '';
    if (!new RegExp(`^${current.name}${suffix}$`).test(name))
      throw new Error(`${name} is none of ${current.name}`);
    current.samples.push({
      name,
      labels: parseLabels(labels),
      value: Number(value.replace('Inf', 'Infinity')),
    });
  }
  return families;
}

function parseLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const at = label.lastIndex;
    const found = label.exec(text);
    if (found === null) throw new Error(`these are no labels: ${text.slice(at)}`);
    if (Object.hasOwn(labels, found[1]!)) throw new Error(`the label ${found[1]} comes twice`);
    labels[found[1]!] = found[2]!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  }
  return labels;
}
