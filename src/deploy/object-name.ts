import { digestOfBytes } from '../base/index.ts';

const longest = 40;

/**
 * The name of a model for Kubernetes, Compose and Docker: a label of DNS that begins with a letter. Nearly all names of
 * models are one already; of others, digits of their digest keep two of them apart.
 */
export function objectName(model: string): string {
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(model) && model.length <= longest) return model;
  const plain = model
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '');
  const digits = digestOfBytes(model).slice('sha256:'.length, 'sha256:'.length + 8);
  return `${plain.slice(0, longest - 9).replace(/-+$/, '') || 'model'}-${digits}`;
}
