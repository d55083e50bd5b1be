import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { paletteSize, seriesStyle } from '../../site/charts/palette.ts';

const css = readFileSync(new URL('../../site/charts/charts.css', import.meta.url), 'utf8');
const grounds = { ':root': '#ffffff', '.dark': '#1b1b1f' } as const;

type Rgb = readonly [number, number, number];

function colors(selector: string): readonly string[] {
  const block = css.slice(css.indexOf(`${selector} {`), css.indexOf('}', css.indexOf(`${selector} {`)));
  return [...block.matchAll(/--ty-series-\d+: (#[0-9a-f]{6})/g)].map(([, color]) => color!);
}

/** Linear light, as WCAG 2 has it. */
function linear(hex: string): Rgb {
  const part = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [part(1), part(3), part(5)];
}

function contrast(a: string, b: string): number {
  const light = (hex: string): number => {
    const [r, g, blue] = linear(hex);
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [low, high] = [light(a), light(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), severity 1. */
const sights: Readonly<Record<string, readonly Rgb[]>> = {
  everybody: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'who sees no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'who sees no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIE L*a*b* of what somebody sees. */
function lab(hex: string, sight: readonly Rgb[]): Rgb {
  const rgb = linear(hex);
  const [r, g, b] = sight.map((row) =>
    Math.min(1, Math.max(0, row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2])),
  ) as [number, number, number];
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe.each(Object.entries(grounds))('colours of series on %s', (selector, ground) => {
  it('stand off from their ground by 3 to 1', () => {
    expect(colors(selector)).toHaveLength(paletteSize);
    for (const color of colors(selector)) expect(contrast(color, ground), color).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.entries(sights))('are apart for %s in the first six', (_, sight) => {
    const seen = colors(selector)
      .slice(0, 6)
      .map((color) => lab(color, sight));
    for (const [i, a] of seen.entries()) {
      for (const [j, b] of seen.slice(0, i).entries()) {
        expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]), `${i + 1} and ${j + 1}`).toBeGreaterThan(
          25,
        );
      }
    }
  });
});

describe('a series', () => {
  it('has no colour, dashes and symbol together that another of ten has', () => {
    const looks = Array.from({ length: 10 }, (_, i) => seriesStyle(i));
    expect(new Set(looks.map(({ dash, symbol }) => `${dash} ${symbol}`)).size).toBe(10);
    expect(new Set(looks.map(({ color }) => color)).size).toBe(10);
  });
});
