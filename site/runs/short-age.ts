const sizes: readonly (readonly [string, number])[] = [
  ['y', 31_557_600],
  ['mo', 2_629_800],
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
];

/** `3 d`, `2 h`: how long ago, in the largest unit that fits; `now` within a minute. Times in milliseconds. */
export function shortAge(time: number, now: number): string {
  const away = Math.abs(now - time) / 1000;
  const found = sizes.find(([, size]) => away >= size);
  if (found === undefined) return 'now';
  const text = `${Math.floor(away / found[1])} ${found[0]}`;
  return time > now ? `in ${text}` : text;
}
