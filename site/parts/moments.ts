import type { Ref } from 'vue';
import { onMounted, onUnmounted, ref } from 'vue';

/** `2026-11-21 03:15 UTC`; with seconds on request. What is no moment stays as it is. */
export function exactMoment(iso: string, withSeconds = false): string {
  const time = Date.parse(iso);
  if (!Number.isFinite(time)) return iso;
  const text = new Date(time).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, withSeconds ? 19 : 16)} UTC`;
}

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 days ago`, `in 2 hours`, `just now`. */
export function relativeMoment(iso: string, now: number): string {
  const time = Date.parse(iso);
  if (!Number.isFinite(time)) return iso;
  const away = (time - now) / 1000;
  const [unit, size] = units.find(([, size]) => Math.abs(away) >= size) ?? ['minute', 60];
  const amount = Math.trunc(away / size);
  if (amount === 0) return 'just now';
  return new Intl.RelativeTimeFormat('en', { numeric: 'always' }).format(amount, unit);
}

const now = ref(0);
let readers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** The clock of the page in milliseconds; one for all, it goes on every half minute. 0 until the page stands. */
export function useNow(): Ref<number> {
  onMounted(() => {
    if (readers++ > 0) return;
    now.value = Date.now();
    timer = setInterval(() => {
      now.value = Date.now();
    }, 30_000);
  });
  onUnmounted(() => {
    if (--readers === 0) clearInterval(timer);
  });
  return now;
}
