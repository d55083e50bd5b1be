import type { Estimate } from '../evaluate/index.ts';

/**
 * Numbers for people. How many digits are shown is told by how much is known: an estimate has two significant digits
 * of half its interval's width, so that the last digit shown is one that a new sample would change.
 */
export function decimalsOf(estimate: Estimate): number {
  const half = Math.abs(estimate.high - estimate.low) / 2;
  if (!(half > 0) || !Number.isFinite(half)) return decimalsOfExact(estimate.value);
  return Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(half))));
}

function decimalsOfExact(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 3;
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

/** `0.912` */
export function shownValue(estimate: Estimate, decimals: number = decimalsOf(estimate)): string {
  return fixed(estimate.value, decimals);
}

/** `0.912 [0.838, 0.967]` */
export function shownEstimate(estimate: Estimate, decimals: number = decimalsOf(estimate)): string {
  return `${fixed(estimate.value, decimals)} ${shownInterval(estimate, decimals)}`;
}

/** `[0.838, 0.967]` */
function shownInterval(estimate: Estimate, decimals: number = decimalsOf(estimate)): string {
  return `[${fixed(estimate.low, decimals)}, ${fixed(estimate.high, decimals)}]`;
}

/** `+0.004 [-0.024, +0.035]`, or `+0.004` of a number alone. */
export function shownDifference(difference: number | Estimate, decimals?: number): string {
  if (typeof difference === 'number') return signed(difference, decimals ?? decimalsOfExact(difference));
  const digits = decimals ?? decimalsOf(difference);
  const [value, low, high] = [difference.value, difference.low, difference.high].map((each) =>
    signed(each, digits),
  );
  return `${value} [${low}, ${high}]`;
}

/** `+0.004`, `-0.004`, `0` when nothing is left of it. */
function signed(value: number, decimals: number): string {
  const text = fixed(value, decimals);
  if (Number(text) === 0) return fixed(0, decimals);
  return value > 0 ? `+${text}` : text;
}

/** With so many decimals and no `-0.000`; thousands are grouped. */
export function fixed(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return String(value);
  const text = value.toFixed(decimals);
  if (Math.abs(value) >= 1e15) return value.toExponential(3);
  const [whole, fraction] = (Number(text) === 0 ? text.replace('-', '') : text).split('.') as [
    string,
    string?,
  ];
  return `${grouped(whole)}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** A plain number or other value of a parameter: as it is written in YAML and JSON. */
export function shownScalar(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

/** `12,345` */
export function count(value: number): string {
  return grouped(String(Math.round(value)));
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 row`, `303 rows` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `0.4 s`, `12.3 s`, `2 min 5 s`, `1 h 3 min` */
export function seconds(value: number): string {
  if (value < 59.95) return `${value.toFixed(1)} s`;
  const whole = Math.round(value);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `512 B`, `8.4 kB`, `1.2 MB`: powers of 1000. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 || size >= 99.5 ? Math.round(size) : Number(size.toPrecision(2))} ${units[unit]}`;
}

/** Of a share: `12 %`, `0.4 %`, `0 %` */
export function percent(share: number): string {
  const value = share * 100;
  return `${Math.abs(value) >= 10 || value === 0 ? Math.round(value) : Number(value.toPrecision(2))} %`;
}

/** The first eight digits of a digest, without its kind. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 8);
}
