/** A run by its pipeline and its id. */
export interface RunName {
  readonly pipeline: string;
  readonly id: string;
}

/** Runs in an address, between commas: `heart-disease/20261121-031500-1f4a9c1e`. Names of pipelines have neither sign. */
export function writeRunNames(runs: readonly RunName[]): string {
  return runs.map(({ pipeline, id }) => `${pipeline}/${id}`).join(',');
}

/** Parts that are none are given back as they are, to be told. */
export function readRunNames(text: string): {
  readonly runs: readonly RunName[];
  readonly strange: readonly string[];
} {
  const runs: RunName[] = [];
  const strange: string[] = [];
  for (const part of new Set(text.split(',').filter((each) => each !== ''))) {
    const slash = part.indexOf('/');
    const [pipeline, id] = [part.slice(0, slash), part.slice(slash + 1)];
    // What is none of ours never becomes a path.
    if (/^[a-z][a-z0-9-]{0,199}$/.test(pipeline) && /^\d{8}-\d{6}-[0-9a-f]{8}$/.test(id))
      runs.push({ pipeline, id });
    else strange.push(part);
  }
  return { runs, strange };
}

/** `run.html?id=…&pipeline=…` and the like, relative to the site's base. */
export function addressOf(
  page: 'run' | 'compare' | 'model' | 'dataset',
  query: Readonly<Record<string, string>>,
): string {
  const text = new URLSearchParams(query).toString().replaceAll('%2C', ',').replaceAll('%2F', '/');
  return `/${page}.html?${text}`;
}
