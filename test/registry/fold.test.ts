import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tag } from '../../src/git/index.ts';
import { Book, commitOf, makeTag, sha1, standing, stateOf } from './tags.ts';

describe('the state of a model', () => {
  it('V4 is what the events in their order came to', async () => {
    const book = new Book();
    book.register('v1.0.0');
    book.assign('v1.0.0', 'staging');
    book.assign('v1.0.0', 'production');
    book.register('v1.1.0');
    book.assign('v1.1.0', 'staging');
    book.assign('v1.1.0', 'production', { replaces: 'v1.0.0' });
    book.assign('v1.0.0', 'production', { cause: 'rollback', replaces: 'v1.1.0' });
    const state = await book.state();
    expect(standing(state)).toEqual({ staging: 'v1.1.0', production: 'v1.0.0' });
    expect(state.versions.map(({ name, stages }) => [name, stages])).toEqual([
      ['v1.1.0', ['staging']],
      ['v1.0.0', ['production']],
    ]);
    expect(state.problems).toEqual([]);
    expect(state.events.length).toBe(7);
    expect(state).toMatchObject({ counter: 5, head: book.head });
  });

  it('orders versions by semantic version, and not by text or by time', async () => {
    const book = new Book();
    for (const name of ['v1.10.0', 'v1.9.0', 'v2.0.0-rc.1', 'v2.0.0']) book.register(name);
    const { versions } = await book.state();
    expect(versions.map(({ name }) => name)).toEqual(['v2.0.0', 'v2.0.0-rc.1', 'v1.10.0', 'v1.9.0']);
  });

  it('is empty for a model that no tag names', async () => {
    expect(await stateOf('nothing', [])).toEqual({
      model: 'nothing',
      versions: [],
      stages: {},
      events: [],
      requests: [],
      problems: [],
      counter: 0,
      head: undefined,
    });
  });

  it('has a stage that is called like a member of every object only when it was assigned', async () => {
    const book = new Book();
    book.register('v1.0.0');
    expect((await book.state()).stages['constructor']).toBeUndefined();
    book.assign('v1.0.0', 'constructor');
    expect(standing(await book.state())).toEqual({ constructor: 'v1.0.0' });
  });

  it('V4 has nothing in a stage that a version was taken from, and leaves it there when a request is refused', async () => {
    const book = new Book();
    book.register('v1.0.0');
    book.register('v1.1.0');
    book.assign('v1.0.0', 'production');
    book.foreign('heart-disease#production#2', commitOf('v1.1.0'));
    book.counter = 2;
    expect((await book.state()).requests).toMatchObject([
      { tag: 'heart-disease#production#2', name: 'v1.1.0' },
    ]);
    book.unassign('v1.1.0', 'production', { cause: 'refused', request: 'heart-disease#production#2' });
    const refused = await book.state();
    expect(refused.requests).toEqual([]);
    expect(standing(refused)).toEqual({ production: 'v1.0.0' });
    book.unassign('v1.0.0', 'production');
    expect(standing(await book.state())).toEqual({ production: undefined });
  });
});

describe('an event that is not legal where it stands', () => {
  const cases: readonly [string, (book: Book) => void, string][] = [
    [
      'an assignment of a version that nobody registered',
      (book) => book.assign('v9.0.0', 'staging'),
      'not registered',
    ],
    [
      'an assignment of an archived version',
      (book) => {
        book.archive('v1.1.0');
        book.assign('v1.1.0', 'staging');
      },
      'v1.1.0 is archived',
    ],
    [
      'an assignment with the digest of another model',
      (book) => book.assign('v1.1.0', 'staging', { digest: `sha256:${'0'.repeat(64)}` }),
      'another digest',
    ],
    [
      'taking away what is not there',
      (book) => book.unassign('v1.1.0', 'production'),
      'v1.0.0 stands in production, and not v1.1.0',
    ],
    [
      'taking away from an empty stage',
      (book) => book.unassign('v1.0.0', 'canary'),
      'no version stands in canary',
    ],
    ['archiving what stands in a stage', (book) => book.archive('v1.0.0'), 'v1.0.0 stands in production'],
    [
      'archiving twice',
      (book) => {
        book.archive('v1.1.0');
        book.counter = 9;
        book.archive('v1.1.0');
      },
      'archived already',
    ],
    ['archiving what nobody registered', (book) => book.archive('v9.0.0'), 'not registered'],
    [
      'a number that was used before',
      (book) => {
        book.counter = 0;
        book.assign('v1.1.0', 'staging');
      },
      'does not come after',
    ],
    [
      'an enormous number',
      (book) => {
        book.counter = 10 ** 15;
        book.assign('v1.1.0', 'production');
      },
      'larger than',
    ],
  ];
  it.each(cases)('counts for nothing and is told: %s', async (_, act, told) => {
    const book = new Book();
    book.register('v1.0.0');
    book.register('v1.1.0');
    book.assign('v1.0.0', 'production');
    act(book);
    const state = await book.state();
    expect(standing(state)).toEqual({ production: 'v1.0.0' });
    expect(state.problems.map(({ problem }) => problem).join('\n')).toContain(told);
    expect(state.counter).toBeLessThan(20);
  });
});

describe('a tag that lies', () => {
  it.each([
    ['about its model', { model: 'load' }],
    ['about its stage', { stage: 'staging' }],
    ['about its number', { counter: 7 }],
  ])('%s counts for nothing', async (_, over) => {
    const book = new Book();
    book.register('v1.0.0');
    book.assign('v1.0.0', 'production');
    const { head } = book;
    const honest = book.assign('v1.0.0', 'production');
    const event = { ...(JSON.parse(honest.message!) as object), ...over };
    const keys = Object.fromEntries(Object.entries(event).sort(([a], [b]) => (a < b ? -1 : 1)));
    const tags = [...book.tags.slice(0, -1), makeTag(honest.name, honest.target, JSON.stringify(keys))];
    const state = await stateOf('heart-disease', tags, head!);
    expect(state.events.length).toBe(2);
    expect(state.problems).toMatchObject([{ tag: honest.name }]);
    expect(state.problems[0]!.problem).toContain('its message is that of the tag');
  });

  it('is no event when the same JSON is spelled in another way', async () => {
    const book = new Book();
    const tag = book.register('v1.0.0');
    const spelled = makeTag(tag.name, tag.target, tag.message!.replace('"version":1', '"version": 1'));
    const { problems, versions } = await stateOf('heart-disease', [spelled]);
    expect(problems[0]!.problem).toContain('not canonical');
    expect(versions).toEqual([]);
  });

  it('is told of in words when a newer Trainyard wrote it', async () => {
    const book = new Book();
    const tag = book.register('v1.0.0');
    const newer = makeTag(tag.name, tag.target, tag.message!.replace('"version":1', '"version":2'));
    const { problems } = await stateOf('heart-disease', [newer]);
    expect(problems[0]!.problem).toContain('update Trainyard');
  });

  it('cannot put itself into the order beside an event that is there', async () => {
    const book = new Book();
    book.register('v1.0.0');
    book.register('v1.1.0');
    const fork = book.head;
    book.assign('v1.0.0', 'production');
    const { head } = book;
    book.head = fork;
    book.assign('v1.1.0', 'production');
    book.assign('v1.1.0', 'production');
    book.assign('v1.1.0', 'production');
    const state = await book.state({ last: head! });
    expect(standing(state)).toEqual({ production: 'v1.0.0' });
    expect(state.problems.length).toBe(3);
    // Somebody typed them: so they ask, as every tag that somebody typed.
    expect(state.requests.length).toBe(3);
    // Whoever made the answer names the tag; then neither asks any more.
    expect(state.head).toBe(head);
  });
});

describe('a tag that was deleted by hand', () => {
  async function five(): Promise<Book> {
    const book = new Book();
    book.register('v1.0.0');
    book.assign('v1.0.0', 'production');
    book.register('v1.1.0');
    book.assign('v1.1.0', 'production');
    book.assign('v1.0.0', 'staging');
    return book;
  }

  it('in the middle is a gap that is told, and what is left still counts', async () => {
    const book = await five();
    const state = await book.state({ without: ['heart-disease#production#1'] });
    expect(standing(state)).toEqual({ production: 'v1.1.0', staging: 'v1.0.0' });
    expect(state.problems.map(({ problem }) => problem).join()).toContain('its tag was deleted');
  });

  it('leaves no version in a stage that it can no longer know', async () => {
    const book = await five();
    const state = await book.state({ without: ['heart-disease@v1.1.0'] });
    expect(standing(state)).toEqual({ production: 'v1.0.0', staging: 'v1.0.0' });
    expect(state.problems.map(({ problem }) => problem).join()).toContain('v1.1.0 is not registered');
  });

  it('at the end is told, and the next event still follows it', async () => {
    const book = await five();
    const state = await book.state({ without: ['heart-disease#staging#3'] });
    expect(standing(state)).toEqual({ production: 'v1.1.0' });
    expect(state.head).toBe(book.head);
    expect(state.problems.map(({ problem }) => problem).join()).toContain('not the last event');
    book.assign('v1.1.0', 'staging');
    const next = await book.state({ without: ['heart-disease#staging#3'] });
    expect(standing(next)).toEqual({ production: 'v1.1.0', staging: 'v1.1.0' });
  });

  it('at the beginning leaves the rest', async () => {
    const book = await five();
    const state = await book.state({ without: ['heart-disease@v1.0.0'] });
    expect(standing(state)).toEqual({ production: 'v1.1.0' });
  });

  it('counts without the ref of the last event, too: then the longest chain does', async () => {
    const book = await five();
    const state = await book.state({ last: undefined });
    expect(standing(state)).toEqual({ production: 'v1.1.0', staging: 'v1.0.0' });
    expect(state.problems).toEqual([]);
  });
});

describe('any tags whatever', () => {
  const names = fc.constantFrom('v1.0.0', 'v1.1.0', 'v2.0.0');
  const stages = fc.constantFrom('staging', 'production');
  const steps = fc.array(
    fc.oneof(
      fc.record({ act: fc.constant('register' as const), name: names }),
      fc.record({ act: fc.constantFrom('assign' as const, 'unassign' as const), name: names, stage: stages }),
      fc.record({ act: fc.constant('archive' as const), name: names }),
    ),
    { maxLength: 20 },
  );
  const junk: fc.Arbitrary<Tag> = fc
    .record({
      name: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 20 }).map((text) => `heart-disease@${text}`),
        fc
          .tuple(stages, fc.constantFrom('', '!'), fc.nat(30))
          .map(([s, no, n]) => `heart-disease#${s}${no}#${n}`),
        fc.tuple(names, fc.constantFrom('', '!', '!#4', '#9')).map(([n, end]) => `heart-disease@${n}${end}`),
        fc.constantFrom(
          'heart-disease@deprecated',
          'heart-disease#production',
          `heart-disease#production#${'9'.repeat(40)}`,
        ),
      ),
      name2: names,
      message: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.json(),
        fc.constantFrom(
          '{"version":1,"kind":"assign"}',
          '{"version":1,"kind":"register","kind":"assign"}',
          '{"__proto__":1}',
        ),
      ),
      light: fc.boolean(),
    })
    .map(({ name, name2, message, light }) =>
      light ? { name, target: commitOf(name2) } : makeTag(name, commitOf(name2), message),
    );

  function play(book: Book, acts: readonly { act: string; name: string; stage?: string }[]): void {
    const written = new Set<string>();
    for (const { act, name, stage } of acts) {
      if (act === 'register' && written.has(name)) continue;
      if (act === 'register') written.add(name);
      if (act === 'register') book.register(name);
      if (act === 'assign') book.assign(name, stage!);
      if (act === 'unassign') book.unassign(name, stage!);
      if (act === 'archive') book.archive(name);
    }
  }

  it('never throw, and come to one state in whatever order they are given', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.array(junk, { maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        fc.constantFrom('head', 'none', 'missing'),
        async (acts, tags, random, last) => {
          const book = new Book();
          play(book, acts);
          const all = [...book.tags, ...tags];
          const end = last === 'head' ? (book.head ?? undefined) : last === 'none' ? undefined : sha1('gone');
          const shuffled = all
            .map((tag) => ({ tag, key: random.next().value }))
            .sort((a, b) => a.key - b.key);
          const [one, other] = [
            await stateOf('heart-disease', all, end),
            await stateOf(
              'heart-disease',
              shuffled.map(({ tag }) => tag),
              end,
            ),
          ];
          expect(other).toEqual(one);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('never change by foreign tags what stands in a stage', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.array(junk, { maxLength: 8 }), async (acts, tags) => {
        const book = new Book();
        play(book, acts);
        const ours = new Set(book.tags.map(({ name }) => name));
        const alone = await book.state();
        const among = await stateOf(
          'heart-disease',
          [...book.tags, ...tags.filter(({ name }) => !ours.has(name))],
          book.head ?? undefined,
        );
        expect(among.stages).toEqual(alone.stages);
        expect(among.events).toEqual(alone.events);
      }),
      { numRuns: 150 },
    );
  });

  it('V4 leave a legal history whatever is lost of them: what stands in a stage is registered and not archived', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.array(fc.nat(19), { maxLength: 4 }), async (acts, lost) => {
        const book = new Book();
        play(book, acts);
        const without = lost.flatMap((at) => book.tags[at]?.name ?? []);
        const state = await book.state({ without });
        for (const there of Object.values(state.stages)) {
          if (there === undefined) continue;
          const version = state.versions.find(({ name }) => name === there.event.name);
          expect(version).toMatchObject({
            archived: false,
            digest: there.event.digest,
            commit: there.commit,
          });
        }
      }),
      { numRuns: 150 },
    );
  });
});
