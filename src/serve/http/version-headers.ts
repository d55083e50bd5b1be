import type { AnsweringVersion } from '../failures.ts';

/** Who answered, for those who do not read bodies: balancers, logs, clients of the V2 protocol. */
export function versionHeaders({ model, version, run, commit }: AnsweringVersion): Record<string, string> {
  return {
    'x-trainyard-model': headerText(model),
    'x-trainyard-model-version': headerText(version),
    ...(run === undefined ? {} : { 'x-trainyard-run': headerText(run) }),
    ...(commit === undefined ? {} : { 'x-trainyard-commit': headerText(commit) }),
  };
}

/** Headers are plain ASCII; names that are not are written as in a URL. */
function headerText(text: string): string {
  return /^[\x21-\x7e]*$/.test(text) ? text : encodeURIComponent(text);
}
