import { stringify } from 'yaml';
import type { Json } from '../base/index.ts';

const heading = '# Written by `trainyard deploy`: the next deployment overwrites what is changed here.\n';

/** YAML with sorted keys and no line folding: the same value is the same text. */
export function yamlText(value: Json): string {
  return `${heading}${stringify(value, { sortMapEntries: true, lineWidth: 0, aliasDuplicateObjects: false })}`;
}
