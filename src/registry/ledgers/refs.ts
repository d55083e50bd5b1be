/** The ref that holds the last event of a model: the other half of every append. */
export function lastEventRef(model: string): string {
  return `${lastEventRefs}${model.replace(':', '=')}`;
}

export const lastEventRefs = 'refs/trainyard/registry/';

export function tagRef(tag: string): string {
  return `refs/tags/${tag}`;
}
