import type { FileFailure } from './file-failures.ts';
import type { YamlValue } from './yaml.ts';

export function checkProject(document: YamlValue): readonly FileFailure[] {
  document.places;
  return [];
}
