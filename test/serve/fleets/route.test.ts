import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/base/index.ts';
import { chooser } from '../../../src/serve/fleets/route.ts';
import type { Choice, RoutingFacts, ServedVersion } from '../../../src/serve/index.ts';
import { ToldEngine } from './engines.ts';

const version = (name: string): ServedVersion => ({ name, engine: new ToldEngine() });
const [v1, v2, v3] = [version('v1.0.0'), version('v2.0.0'), version('v3.0.0')];

interface Asked {
  readonly id?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly row?: Readonly<Record<string, unknown>>;
}

function facts({ id = 'request', headers = {}, row = {} }: Asked): RoutingFacts {
  return { requestId: id, header: (name) => headers[name], column: (name) => row[name] };
}

const shown = ({ version: { name }, role, shadows }: Choice): unknown => [
  name,
  role,
  shadows.map((shadow) => shadow.name),
];

function canary(share: number, key?: string): (asked: Asked) => boolean {
  const choose = chooser({
    model: 'm',
    served: v1,
    shadows: [],
    canary: { version: v2, share, ...(key === undefined ? {} : { key }) },
  });
  return (asked) => choose(facts(asked)).version === v2;
}

describe('who answers a request', () => {
  it('S7: is the served version when nothing else is said, and shadows get copies', () => {
    const choose = chooser({ model: 'm', served: v1, shadows: [v2, v3] });
    expect(shown(choose(facts({})))).toEqual(['v1.0.0', 'served', ['v2.0.0', 'v3.0.0']]);
  });

  it('S7: is the variant that a header names; other values, also of objects, choose nothing', () => {
    const choose = chooser({
      model: 'm',
      served: v1,
      shadows: [v3],
      variants: { header: 'x-group', versions: new Map([['b', v2]]) },
    });
    const of = (value: string): unknown => shown(choose(facts({ headers: { 'x-group': value } })));
    expect(of('b')).toEqual(['v2.0.0', 'variant', ['v3.0.0']]);
    for (const other of ['', 'B', 'b,b', 'constructor', '__proto__', 'v2.0.0'])
      expect(of(other)).toEqual(['v1.0.0', 'served', ['v3.0.0']]);
    expect(shown(choose(facts({})))).toEqual(['v1.0.0', 'served', ['v3.0.0']]);
  });

  it('S7: is the variant before it is the canary', () => {
    const choose = chooser({
      model: 'm',
      served: v1,
      shadows: [],
      canary: { version: v2, share: 1 },
      variants: { header: 'x-group', versions: new Map([['old', v1]]) },
    });
    expect(shown(choose(facts({ headers: { 'x-group': 'old' } })))).toEqual(['v1.0.0', 'variant', []]);
    expect(shown(choose(facts({})))).toEqual(['v2.0.0', 'canary', []]);
  });

  it('S7: never gets its own copy', () => {
    const choose = chooser({
      model: 'm',
      served: v1,
      shadows: [v2],
      canary: { version: v2, share: 1 },
    });
    expect(shown(choose(facts({})))).toEqual(['v2.0.0', 'canary', []]);
  });
});

describe('a canary', () => {
  const key = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.double({ noNaN: true }), fc.boolean());
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it('S7: gets nobody with a share of 0, and everybody with a share of 1', () => {
    fc.assert(
      fc.property(key, (id) => !canary(0, 'id')({ row: { id } }) && canary(1, 'id')({ row: { id } })),
    );
  });

  it('S7: gives the same key the same version, whatever else the request holds', () => {
    fc.assert(
      fc.property(key, share, fc.string(), fc.string(), (id, size, one, other) => {
        // Two choosers, as two processes have them, or one before and after a restart.
        const first = canary(size, 'id')({ row: { id }, id: one });
        return id === '' || first === canary(size, 'id')({ row: { id, age: 5 }, id: other });
      }),
    );
  });

  it('S7: only wins keys when its share grows', () => {
    fc.assert(
      fc.property(key, share, share, (id, one, other) => {
        const [small, large] = [Math.min(one, other), Math.max(one, other)];
        return !canary(small, 'id')({ row: { id } }) || canary(large, 'id')({ row: { id } });
      }),
    );
  });

  it.each([0.01, 0.1, 0.5])('S7: gets a share of %s of the keys, and of requests without one', (size) => {
    const n = 20_000;
    const random = seededRandom(11);
    const byKey = canary(size, 'id');
    const alone = canary(size);
    let keys = 0;
    let requests = 0;
    for (let i = 0; i < n; i++) {
      if (byKey({ row: { id: i }, id: 'the same request id' })) keys++;
      if (alone({ id: `${random().toString(36)}-${i.toString(36)}` })) requests++;
    }
    const within = 5 * Math.sqrt(n * size * (1 - size));
    expect(Math.abs(keys - size * n)).toBeLessThan(within);
    expect(Math.abs(requests - size * n)).toBeLessThan(within);
  });

  it('S7: takes a header for its key, by its name in any case', () => {
    const inCanary = canary(0.5, 'header:X-Customer');
    const chosen = [...Array(200).keys()].filter((i) => inCanary({ headers: { 'x-customer': `c${i}` } }));
    expect(chosen.length).toBeGreaterThan(60);
    expect(chosen.length).toBeLessThan(140);
    const again = chosen.filter((i) => inCanary({ headers: { 'x-customer': `c${i}` }, id: `${i}` }));
    expect(again).toEqual(chosen);
  });

  it('S7: goes by the request where the key is missing, empty, or no single value', () => {
    const inCanary = canary(0.5, 'id');
    for (const row of [{}, { id: null }, { id: '' }, { id: [1] }, { id: { a: 1 } }]) {
      const versions = new Set([...Array(64).keys()].map((i) => inCanary({ row, id: `request-${i}` })));
      expect(versions).toEqual(new Set([true, false]));
    }
  });

  it('S7: takes a number and the same number as a text for one key', () => {
    const inCanary = canary(0.5, 'id');
    for (let i = 0; i < 100; i++)
      expect(inCanary({ row: { id: i } })).toBe(inCanary({ row: { id: `${i}` } }));
  });

  it('S7: hits other people than the canary before it', () => {
    const choose = (canaryVersion: ServedVersion): ((facts: RoutingFacts) => Choice) =>
      chooser({
        model: 'm',
        served: v1,
        shadows: [],
        canary: { version: canaryVersion, share: 0.1, key: 'id' },
      });
    const [one, other] = [choose(v2), choose(v3)];
    let both = 0;
    for (let i = 0; i < 10_000; i++) {
      const request = facts({ row: { id: i } });
      if (one(request).role === 'canary' && other(request).role === 'canary') both++;
    }
    expect(both).toBeGreaterThan(50);
    expect(both).toBeLessThan(150);
  });
});
