/** What tells the callers of a project in a folder from those of others: `-services-fraud` of `services/fraud`. */
export function suffixOf(directory: string): string {
  return directory === '.' ? '' : `-${directory.replace(/[^A-Za-z0-9_-]+/g, '-')}`;
}

/** Of a workflow, for people: `Trainyard main (services/fraud)`. */
export function nameOfProject(title: string, directory: string): string {
  return directory === '.' ? title : `${title} (${directory})`;
}

/** A text in a list or behind a key, quoted where it would mean something else. */
export function yamlText(text: string): string {
  const isPlain = /^[A-Za-z0-9_.][\w./() -]*$/.test(text) && !/^[\d.]+$|\s$/.test(text);
  return isPlain || text === '.' ? text : JSON.stringify(text);
}
