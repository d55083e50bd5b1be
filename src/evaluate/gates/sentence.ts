import type { Estimate } from '../evaluation.ts';

/** A number for people: four significant digits, or all of them when four would hide which side of `other` it is on. */
export function shown(value: number, other?: number): string {
  const short = shorten(value);
  if (other !== undefined && value !== other && short === shorten(other)) return String(value);
  return short;
}

/** `0.912 [0.861, 0.955]`. */
export function shownEstimate(estimate: Estimate, other?: number): string {
  return `${shown(estimate.value, other)} [${shown(estimate.low)}, ${shown(estimate.high)}]`;
}

export function percent(share: number): string {
  return `${shorten(Number((share * 100).toPrecision(2)))} %`;
}

function shorten(value: number): string {
  if (Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(4)));
}
