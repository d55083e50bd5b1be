import type { StoreAt } from '@format';
import { shellWord } from '@site/parts/shell-word.ts';

/** The line that brings the bytes of an artifact out of the store, with the program that stores of its kind have. */
export function artifactCommand(
  place: StoreAt | undefined,
  artifact: { readonly digest: string; readonly name: string },
): string | undefined {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(artifact.digest)?.[1];
  if (hex === undefined || place === undefined) return undefined;
  const key = `sha256/${hex.slice(0, 2)}/${hex.slice(2)}`;
  const file = shellWord(fileName(artifact.name));
  switch (place.kind) {
    case 'folder':
      return `cp ${shellWord(`${place.folder.replace(/\/+$/, '')}/${key}`)} ${file}`;
    case 'bucket':
      return `aws s3 cp ${shellWord(`s3://${place.bucket}/${place.prefix}${key}`)} ${file}`;
    case 'registry':
      return `oras blob fetch --output ${file} ${shellWord(`${place.host}/${place.repository}@sha256:${hex}`)}`;
  }
}

/** A name of a file in the folder where somebody stands, whatever an output is called. */
function fileName(name: string): string {
  const plain =
    name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 80) || 'artifact';
  return plain === 'model' ? 'model.onnx' : plain;
}
