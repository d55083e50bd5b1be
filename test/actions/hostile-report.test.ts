import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PullReport } from '../../src/report/index.ts';
import { reportMarker } from '../../src/report/index.ts';
import { actionsBot, badGateway, meanwhile, retryAfter } from '../github/fake/index.ts';
import { attacks } from '../report/pull-request/attacks.ts';
import { diagramsOf, htmlOf, referring, takeApart } from '../report/pull-request/rendered.ts';
import { reportWith } from '../report/pull-request/reports.ts';
import { harmless, refused } from './hostile-reports.ts';
import type { Came, Circumstances, Handed, HostileRig } from './hostile-rig.ts';
import { honest, hostileRig } from './hostile-rig.ts';

let hostile: HostileRig;
beforeAll(async () => {
  hostile = await hostileRig();
});
afterAll(() => hostile[Symbol.asyncDispose]());

describe('a report of a fork is refused, and nothing is commented (V4): it is', () => {
  it.each(refused)('%s', async (_, handed, code) => {
    const came = await hostile.attack([handed]);
    expect(came).toMatchObject({ codes: [code], comments: [], writes: [], outputs: { commented: 'false' } });
    expect(came.failures).not.toMatch(/evil|polluted|environ|upload-pack|PASS|churn/);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

/** What is passed over in silence: there is no report that could be for this pull request, or none at all. */
const ignored: readonly (readonly [
  attack: string,
  handed: readonly Handed[],
  circumstances: Circumstances,
  said: RegExp,
])[] = [
  ['no artifact, though runs before it have some', [], {}, /^$/],
  ['an artifact that has expired', [{ expired: true }], {}, /^$/],
  [
    'names that are nearly those of reports',
    [
      'trainyard-report-',
      'trainyard-report-X',
      'trainyard-report-a--b',
      'Trainyard-report-a',
      'x-trainyard-report-a',
    ]
      .concat(['trainyard-report-a\n::error::x', 'trainyard-report-![x](https://evil.example)'])
      .map((name) => ({ name })),
    {},
    /^$/,
  ],
  ['a report of a run that somebody pushed', [{}], { run: { event: 'push' } }, /^$/],
  ['a report of `pull_request_target`', [{}], { run: { event: 'pull_request_target' } }, /^$/],
  ['a fork that was deleted meanwhile', [{}], { run: { head_repository: null } }, /^$/],
  [
    'a run of this repository, whose own token may comment',
    [{}],
    { run: { head_repository: { full_name: 'Octo/Hearts' } } },
    /^Its own workflow may comment/,
  ],
  [
    'another fork with the same commit and branch',
    [{}],
    { run: { head_repository: { full_name: 'eve/hearts' } } },
    /^No open pull request has this head/,
  ],
  ['another branch with the same commit', [{}], { run: { head_branch: 'main' } }, /^No open pull request/],
  ['a head that has moved on', [{}], { run: { head_sha: '0'.repeat(40) } }, /^The pull request has a newer/],
  [
    'a pull request that was closed',
    [{}],
    {
      before: ({ github }) =>
        void Object.assign(github.world.issues.get(hostile.pull.number)!, { state: 'closed' }),
    },
    /^No open pull request has this head/,
  ],
];

describe('a run of a fork is passed over, and nothing is commented (P4): it has', () => {
  it.each(ignored)('%s', async (_, handed, circumstances, said) => {
    try {
      const came = await hostile.attack(handed, circumstances);
      expect(came).toMatchObject({ codes: [], comments: [], writes: [], outputs: { commented: 'false' } });
      expect(came.said).toMatch(said);
    } finally {
      Object.assign(hostile.rig.github.world.issues.get(hostile.pull.number)!, { state: 'open' });
    }
  });

  it('an event that says nothing of a run: that is a mistake of the workflow', async () => {
    for (const run of [{ id: 'x' }, { event: 7 }, { head_sha: '../../x' }]) {
      expect(await hostile.attack([{}], { run })).toMatchObject({
        codes: ['actions-event-unsuited'],
        writes: [],
      });
    }
  });
});

/** Whatever a report says, this is true of its comment. */
function expectHarmless(came: Came, pipeline = 'heart-disease'): string {
  expect(came.codes).toEqual([]);
  expect(came.comments).toHaveLength(1);
  const [{ body, issue }] = came.comments as [Came['comments'][0]];
  expect(issue).toBe(hostile.pull.number);
  const [marker, first] = body.split('\n');
  expect(marker).toBe(reportMarker(pipeline));
  // Before any verdict, and with GitHub's word for who says it and of what.
  expect(first).toBe(
    `⚠️ **Unverified.** All of this says the workflow of \`mallory/hearts\`, run at \`${hostile.pull.headSha.slice(0, 7)}\`: it could say anything.`,
  );
  expect(body.length).toBeLessThanOrEqual(61_000);
  const { elements, comments, links, text: shown } = takeApart(htmlOf(body));
  expect(elements).toEqual([]);
  expect(comments).toHaveLength(1);
  for (const link of links)
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/octo\/hearts\/actions\/runs\/\d+$/);
  expect(shown).not.toMatch(referring);
  // A commit of any fork would be linked as one of this repository.
  expect(shown).not.toMatch(/(?<![\da-z])0a2a071a302761fb4b556afc67f982b39dbaaf16/);
  for (const diagram of diagramsOf(body)) expectTame(diagram);
  return body;
}

/** Texts of a report stand in a diagram as labels between quotes alone; nothing else of it is theirs. */
function expectTame(diagram: string): void {
  // The renderer's own directive, with nothing but numbers in it.
  const rest = diagram.replace(/^%%\{init: (?:\{"\w+": )+[\w": ,]*\}+%%\n/, '');
  const labels = [...rest.matchAll(/"([^"\n]*)"/g)].map(([, label]) => label!);
  for (const label of labels) expect(label.replaceAll('<br/>', '')).not.toMatch(/[<>&#;:`%@{}\\$]/);
  const statements = rest.replace(/"[^"\n]*"/g, '""');
  expect(statements).not.toMatch(/["'`;%@<]{3}|click|href|subgraph|class|style|javascript|%%|@\{/);
}

describe('texts of a report are made harmless (V4):', () => {
  it.each(harmless)('%s', async (_, said) => {
    const report = {
      ...reportWith((at) => (at % 2 === 0 ? said : `${at} ${said}`).slice(0, 120), 2),
      pipeline: 'heart-disease',
    };
    const body = expectHarmless(await hostile.attack([{ report }]));
    expect(body).not.toContain('\u202e');
    for (const [command] of body.matchAll(/^npx .*$/gm)) expect(command).not.toMatch(/[$`;|&]/);
  });

  it('all of them beside each other, and those that the renderer is tested with', async () => {
    const all = [...harmless.map(([, said]) => said), ...attacks].map((each) => each.slice(0, 120));
    const report = { ...reportWith((at) => all[at % all.length]!, 8), pipeline: 'heart-disease' };
    expectHarmless(await hostile.attack([{ report }]));
  });

  it('a report at every limit of its form is a comment within the limit, in seconds', async () => {
    const one = reportWith(() => '<x>@a #1 '.repeat(13), 1);
    const many = <T>(list: readonly T[], count: number): readonly T[] => Array(count).fill(list.at(-1));
    const steps = Array.from({ length: 300 }, (_, at) => ({
      ...one.steps[0]!,
      needs: Array.from({ length: Math.min(at, 100) }, (_none, i) => i),
    }));
    const report: PullReport = {
      ...{ ...one, pipeline: 'heart-disease', steps },
      ...{ gates: many(one.gates, 200), slices: many(one.slices, 50), params: many(one.params, 200) },
      ...{
        candidates: many(one.candidates, 100),
        metrics: many(one.metrics, 60),
        features: many(one.features, 200),
      },
    };
    expectHarmless(await hostile.attack([{ report }]));
  });
});

describe('a report cannot say what only GitHub may say:', () => {
  it('the commit that it is about, in what is shown and in the command to repeat it', async () => {
    const evil = 'e'.repeat(40);
    const report = {
      ...honest,
      head: { ...honest.head, commit: evil },
      reproduce: { commit: evil, params: [] },
    };
    const body = expectHarmless(await hostile.attack([{ report }]));
    expect(body).not.toContain('eeeeeee');
    expect(body).toContain(`git fetch origin ${hostile.pull.headSha} &&`);
  });

  it('that nothing changed: where there is a comment, it stays unverified', async () => {
    const there = [{ author: actionsBot, body: `${reportMarker('heart-disease')}\nbefore` }];
    const report = { ...honest, changed: false };
    expect((await hostile.attack([{ report }])).comments).toEqual([]);
    expectHarmless(await hostile.attack([{ report }], { comments: there }));
  });

  it('that its numbers are verified, whatever its verdict', async () => {
    for (const verdict of ['pass', 'fail', 'inconclusive'] as const) {
      const report = { ...honest, head: { ...honest.head, verdict } };
      expectHarmless(await hostile.attack([{ report }]));
    }
  });

  it('that it is of the trusted workflow, by its name: it is as unverified as any', async () => {
    const run = {
      path: '.github/workflows/mine.yml',
      name: 'Trainyard pull request',
      actor: { login: 'octocat' },
    };
    expectHarmless(await hostile.attack([{}], { run }));
  });

  it('that it is of this repository: only for Dependabot, whose token may not comment, is anything said', async () => {
    const { rig, attack } = hostile;
    const head_sha = await rig.branch('bump', 'c.txt', 'c');
    const { number } = await rig.github.openPull('dependabot[bot]', { headRef: 'bump' });
    const run = { head_sha, head_branch: 'bump', head_repository: { full_name: 'octo/hearts' } };
    const said = async (login: string): Promise<readonly number[]> =>
      (await attack([{}], { run: { ...run, actor: { login } } })).comments.map(({ issue }) => issue);
    expect(await said('mallory')).toEqual([]);
    expect(await said('dependabot[bot]')).toEqual([number]);
  });

  it('which of two pull requests of the same branch: it is the newer one, as nothing tells them apart', async () => {
    const { rig, attack } = hostile;
    await rig.branch('release', 'b.txt', 'b');
    const second = await rig.github.openPull('mallory', {
      headRef: 'better',
      headRepository: 'mallory/hearts',
      baseRef: 'release',
    });
    try {
      const { comments } = await attack([{}]);
      expect(comments.map(({ issue }) => issue)).toEqual([second.number]);
    } finally {
      rig.github.world.issues.get(second.number)!.state = 'closed';
    }
  });
});

describe('what somebody floods', () => {
  const reports = (count: number, prefix = 'p'): readonly Handed[] =>
    Array.from({ length: count }, (_, i) => {
      const pipeline = `${prefix}${i}`;
      return { name: `trainyard-report-${pipeline}`, report: { ...honest, pipeline } };
    });

  it('with a hundred pipelines gets 20 comments, however often', async () => {
    const first = await hostile.attack(reports(100));
    expect(first.comments).toHaveLength(20);
    expect(first.said).toBe('80 more reports are not read.');
    expect(first.calls).toBeLessThan(130);
    const again = await hostile.attack(reports(20, 'q'), { comments: first.comments });
    expect(again).toMatchObject({ codes: [], writes: [] });
    expect(again.said).toContain('too many comments of this kind');
  });

  it('with names, each uploaded a hundred times, is read once: the newest', async () => {
    const old = Array.from({ length: 100 }, () => ({ bytes: 'old' }));
    expectHarmless(await hostile.attack([...old, {}]));
  });

  it('with thousands of artifacts is refused after ten pages of them', async () => {
    const zip = Buffer.alloc(0);
    const many = Array.from({ length: 1_500 }, (_, i) => ({ name: `x-${i}`, zip }));
    const came = await hostile.attack([...many, {}]);
    expect(came).toMatchObject({ codes: ['github-answer-unclear'], comments: [] });
    expect(came.calls).toBeLessThan(15);
  });

  it('with one broken report does not keep the others from being said', async () => {
    const came = await hostile.attack([...reports(2), { name: 'trainyard-report-a', bytes: '{' }]);
    expect(came.codes).toEqual(['report-pull-not-json']);
    expect(came.comments).toHaveLength(2);
    expect(came.outputs['commented']).toBe('true');
  });
});

describe('the comment is the one of the bot alone', () => {
  const marker = reportMarker('heart-disease');

  it('when others write comments with its marker, before and after, and quote it', async () => {
    const others = ['mallory', 'octocat', 'github-actions', 'dependabot[bot]'];
    const comments = [
      ...others.map((author) => ({ author, body: `${marker}\n### ✅ pass` })),
      { author: actionsBot, body: `> ${marker}\n\nquoted` },
      { author: actionsBot, body: `before\n${marker}` },
      { author: actionsBot, body: `${reportMarker('heart')}\nanother` },
    ];
    const came = await hostile.attack([{}], { comments });
    expect(came.writes).toEqual(['POST issues/create-comment 201']);
    expect(came.comments).toHaveLength(4);
    const all = [...hostile.rig.github.world.comments.values()];
    expect(all.slice(0, 7).map(({ body }) => body)).toEqual(comments.map(({ body }) => body));
  });

  it('among 300 others, over all pages', async () => {
    const comments = Array.from({ length: 300 }, (_, i) => ({
      author: i === 250 ? actionsBot : 'mallory',
      body: `${marker}\n${i}`,
    }));
    const came = await hostile.attack([{}], { comments });
    expect(came.writes).toEqual(['PATCH issues/update-comment 200']);
    expectHarmless(came);
  });

  it('when a first answer gets lost, before or after the write: never two', async () => {
    const faults = [
      badGateway('before', 'issues/create-comment'),
      badGateway('after', 'issues/create-comment'),
    ];
    for (const fault of faults) {
      expectHarmless(
        await hostile.attack([{}], { before: ({ github }) => void github.world.faults.push(fault) }),
      );
    }
  });

  it('when GitHub asks to wait, and not when it asks to wait for hours', async () => {
    const limit = (seconds: number): Circumstances => ({
      before: ({ github }) => void github.world.faults.push(retryAfter(seconds, 'issues/create-comment')),
    });
    expectHarmless(await hostile.attack([{}], limit(1)));
    expect(await hostile.attack([{}], limit(7_200))).toMatchObject({
      codes: ['github-limited'],
      comments: [],
    });
  });

  it('when it is deleted while it is changed', async () => {
    const there = [{ author: actionsBot, body: `${marker}\nbefore` }];
    const came = await hostile.attack([{}], {
      comments: there,
      before: ({ github }) => {
        const clear = (): void => github.world.comments.clear();
        github.world.faults.push(meanwhile('issues/list-comments', clear));
      },
    });
    expectHarmless(came);
  });

  it('and says at which commit it was, when the head moves between looking and writing', async () => {
    const { pull, attack } = hostile;
    const was = pull.headSha;
    try {
      const came = await attack([{}], {
        before: ({ github }) => {
          const move = (): void => void Object.assign(pull, { headSha: '1'.repeat(40) });
          github.world.faults.push(meanwhile('pulls/list', move));
        },
      });
      expect(came.comments[0]?.body.split('\n')[1]).toContain(was.slice(0, 7));
    } finally {
      pull.headSha = was;
    }
  });

  it('and its token is shown to GitHub alone', async () => {
    await hostile.attack([{}]);
    expect(hostile.rig.github.leaks).toEqual([]);
  });
});

it('the workflow that comments checks out nothing, runs no script and asks for no more than it needs (P4)', () => {
  const workflow = readFileSync(
    new URL('../../.github/workflows/pull-request-comment.yml', import.meta.url),
    'utf8',
  );
  expect(workflow).not.toMatch(/actions\/checkout|download-artifact|\brun:|secrets|contents:|write-all/);
  expect(workflow.match(/\b(?:read|write)$/gm)).toEqual(['read', 'write']);
});
