import type { ColumnChange, DatasetState, ListedDataset, ServiceLevel } from '@format';
import { count, counted, percent } from '@format';

/** `latency 4 d`, `availability 99.9 %` */
export function serviceLevelInWords({ property, value, unit }: ServiceLevel): string {
  return [property, value, unit].filter((part) => part !== undefined).join(' ');
}

type Check = DatasetState['broken'][number];

/** `all 40 checks hold`, `2 of 40 checks do not hold`, `1 of 40 checks does not hold, a warning` */
export function brokenInWords(state: { readonly checks: number; readonly broken: readonly Check[] }): string {
  const { checks, broken } = state;
  if (checks === 0) return 'nothing is checked';
  if (broken.length === 0) return checks === 1 ? 'its check holds' : `all ${count(checks)} checks hold`;
  const areWarnings = broken.every(({ severity }) => severity === 'warning');
  const warning = !areWarnings ? '' : broken.length === 1 ? ', a warning' : ', all of them warnings';
  return `${count(broken.length)} of ${counted(checks, 'check')} ${broken.length === 1 ? 'does' : 'do'} not hold${warning}`;
}

/** `3 rows`, or what a metric of the whole came to. */
export function failedInWords({ rule, failed, measured }: Check): string {
  if (measured !== undefined) return `measured ${shortValue(measured)}`;
  return counted(failed, rule === 'columns' ? 'column' : 'row');
}

/** All that a search looks at, in lower case. */
export function textOf({ pipeline, name, contract, classifications }: ListedDataset): string {
  const words = [pipeline, name, contract?.name, contract?.owner, contract?.domain, contract?.description];
  return [...words, ...(contract?.tags ?? []), ...classifications].join(' ').toLowerCase();
}

/** A number of a profile: six significant figures. */
export function shortValue(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return count(value);
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return value.toExponential(3);
  return String(Number(value.toPrecision(size < 1 ? 3 : 5)));
}

/** What changed in a column, as a sentence without its subject. */
export function changeInWords(change: ColumnChange): string {
  switch (change.kind) {
    case 'type':
      return `is ${change.head}, was ${change.base}`;
    case 'missing':
      return `${percent(change.head)} missing, was ${percent(change.base)}`;
    case 'shifted':
      return `lies elsewhere: median ${shortValue(change.head)}, was ${shortValue(change.base)} (largest distance of the distributions ${change.distance.toFixed(2)})`;
    case 'values': {
      const parts = [
        change.added.length > 0 ? `new values: ${listed(change.added)}` : '',
        change.removed.length > 0 ? `gone: ${listed(change.removed)}` : '',
      ];
      return parts.filter((part) => part !== '').join('; ');
    }
    case 'share':
      return `“${change.value}” is ${percent(change.head)}, was ${percent(change.base)}`;
  }
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, 8).join(', ');
  return values.length > 8 ? `${shown} and ${values.length - 8} more` : shown;
}
