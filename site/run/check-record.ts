import type { RunRecord } from '@format';

/** Whether the page knows how to read a record; records of other versions may hold anything. */
export type CheckedRecord =
  | { readonly kind: 'readable'; readonly run: RunRecord }
  | { readonly kind: 'other-version'; readonly version: string }
  | { readonly kind: 'damaged' };

/**
 * Looks at the frame alone, so that what is drawn first stands; each part of the page holds its own. A record that says
 * that it is another run than the one asked for is damaged.
 */
export function checkRecord(
  value: unknown,
  asked: { readonly pipeline: string; readonly id: string },
): CheckedRecord {
  if (!isObject(value)) return { kind: 'damaged' };
  if (value['version'] !== 1)
    return { kind: 'other-version', version: JSON.stringify(value['version'] ?? null) };
  const texts = ['startedAt', 'status', 'verdict'];
  const isFramed =
    value['id'] === asked.id &&
    value['pipeline'] === asked.pipeline &&
    texts.every((key) => typeof value[key] === 'string') &&
    typeof value['seconds'] === 'number' &&
    (value['code'] === null || isObject(value['code'])) &&
    ['trigger', 'params', 'data', 'environment'].every((key) => isObject(value[key])) &&
    ['steps', 'models'].every((key) => Array.isArray(value[key]));
  return isFramed ? { kind: 'readable', run: value as unknown as RunRecord } : { kind: 'damaged' };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
