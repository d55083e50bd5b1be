import { describe, expect, it } from 'vitest';
import { failed, success } from '../../../src/base/index.ts';
import type { Approval, Evidence, PromotionRequest, StagePolicy } from '../../../src/registry/index.ts';
import { decide, decideRollback, judgePromoter } from '../../../src/registry/index.ts';
import { Book, commitOf, digestOf } from '../tags.ts';

const plain = { auto: false, promoters: [], approvals: 0, provenance: false };
const stages: readonly StagePolicy[] = [
  { ...plain, name: 'staging', auto: true },
  {
    ...plain,
    name: 'production',
    from: 'staging',
    promoters: ['@ada'],
    approvals: 1,
    maxAgeDays: 7,
    provenance: true,
  },
];
const ada = { name: '@ada', proof: 'forge' } as const;
const now = new Date('2026-03-10T12:00:00Z');

function approvalOf(who: string, over: Partial<Approval> = {}): Approval {
  const by = { name: who, proof: 'forge' } as const;
  return { ref: 'r', name: 'v1.0.0', stage: 'production', by, digest: digestOf('v1.0.0'), ...over };
}

const good: Omit<Evidence, 'state'> = {
  stages,
  promoter: { verdict: 'pass', because: '@ada may' },
  approvals: [approvalOf('@bob')],
  startedAt: { at: '2026-03-09T12:00:00Z' },
  provenance: { verdict: 'pass', because: 'signed' },
  gates: [{ verdict: 'pass', because: 'roc_auc 0.91 is at least 0.85' }],
  now,
};

const asked: PromotionRequest = { name: 'v1.0.0', stage: 'production', cause: 'promotion', by: ada };

function inStaging(): Book {
  const book = new Book();
  book.register('v1.0.0');
  book.assign('v1.0.0', 'staging');
  return book;
}

async function reasons(book: Book, over: Partial<Evidence> = {}, request: Partial<PromotionRequest> = {}) {
  const decision = decide({ ...asked, ...request }, { ...good, state: await book.state(), ...over });
  const against = decision.checks.filter(({ verdict }) => verdict !== 'pass');
  return {
    verdict: decision.verdict,
    against: against.map(({ check, verdict, because }) => `${check} ${verdict}: ${because}`),
  };
}

describe('a decision', () => {
  it('V4 says yes when every condition is met, and lists them all with their figures', async () => {
    const decision = decide(asked, { ...good, state: await inStaging().state() });
    expect(decision.verdict).toBe('pass');
    expect(decision.checks.map(({ check }) => check)).toEqual([
      'version',
      'stage-order',
      'promoter',
      'approvals',
      'freshness',
      'provenance',
      'gate',
    ]);
    expect(decision.checks.find(({ check }) => check === 'freshness')!.because).toBe(
      'evaluated on data read 1.0 days ago, and up to 7 are allowed',
    );
    expect(decision.checks.find(({ check }) => check === 'approvals')!.because).toContain('by @bob');
  });

  it('V4 names every reason, and not the first alone', async () => {
    const book = new Book();
    book.register('v1.0.0');
    const { verdict, against } = await reasons(book, {
      promoter: { verdict: 'fail', because: '@eve is not among the promoters' },
      approvals: [],
      startedAt: { at: '2026-02-01T12:00:00Z' },
      provenance: { verdict: 'inconclusive', because: 'nobody has signed' },
      gates: [
        { verdict: 'fail', because: 'roc_auc 0.80 is under 0.85' },
        { verdict: 'inconclusive', because: 'no baseline' },
      ],
    });
    expect(verdict).toBe('fail');
    expect(against.map((reason) => reason.split(':')[0])).toEqual([
      'stage-order fail',
      'promoter fail',
      'approvals fail',
      'freshness fail',
      'provenance inconclusive',
      'gate fail',
      'gate inconclusive',
    ]);
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['gates that nobody judged', { gates: undefined }, 'gate inconclusive: the gates were not judged'],
    [
      'a run that is not known',
      { startedAt: { problem: 'no record' } },
      'freshness inconclusive: when it was evaluated is not known: no record',
    ],
    [
      'a run that has not come yet',
      { startedAt: { at: '2026-03-11T12:00:00Z' } },
      'freshness inconclusive: its run started at 2026-03-11T12:00:00Z, which has not come yet: a clock is wrong',
    ],
    [
      'a time that is none',
      { startedAt: { at: 'soon' } },
      'freshness inconclusive: its run started at "soon", which is no time',
    ],
    [
      'data one second too old',
      { startedAt: { at: '2026-03-03T11:59:59Z' } },
      'freshness fail: evaluated on data read 7.0 days ago, and only 7 are allowed',
    ],
  ])('V4 does not pass %s', async (_, over, reason) => {
    expect((await reasons(inStaging(), over)).against).toEqual([reason]);
  });

  it('V4 does not take provenance for verified that nobody has verified', async () => {
    const { provenance: _, ...rest } = good;
    const decision = decide(asked, { ...rest, state: await inStaging().state() });
    expect(decision.verdict).toBe('inconclusive');
  });

  it.each<[string, Approval, string]>([
    ['of the promoter, in other letters', approvalOf('@ADA'), 'nobody approves their own promotion'],
    [
      'that nothing proves',
      approvalOf('@bob', { by: { name: '@bob', proof: 'nobody' } }),
      'nobody vouches for who it is',
    ],
    ['of another model', approvalOf('@bob', { digest: digestOf('v2.0.0') }), 'it is of another model'],
    [
      'that is not signed',
      approvalOf('@bob', { problem: 'it is signed by nobody' }),
      'it is signed by nobody',
    ],
  ])('V4 counts no approval %s', async (_, approval, reason) => {
    const { against } = await reasons(inStaging(), { approvals: [approval] });
    expect(against).toEqual([
      `approvals fail: 0 approvals, 1 is needed; that of ${approval.by.name} does not count: ${reason}`,
    ]);
  });

  it('V4 counts a person once', async () => {
    const twice = [{ ...stages[1]!, approvals: 2 }];
    const approvals = [approvalOf('@bob'), approvalOf('@Bob')];
    expect((await reasons(inStaging(), { stages: [stages[0]!, ...twice], approvals })).verdict).toBe('fail');
  });

  it('V4 refuses what is archived, foreign, or not there', async () => {
    const book = inStaging();
    book.register('v1.1.0');
    book.archive('v1.1.0');
    book.foreign('heart-disease@v1.2.0', commitOf('v1.2.0'));
    expect((await reasons(book, {}, { name: 'v1.1.0' })).against[0]).toBe('version fail: v1.1.0 is archived');
    expect((await reasons(book, {}, { name: 'v1.2.0' })).against[0]).toContain(
      'was not registered by Trainyard',
    );
    expect((await reasons(book, {}, { name: 'v9.0.0' })).against[0]).toContain('has no version v9.0.0');
    const unknown = await reasons(book, {}, { stage: 'canary' });
    expect(unknown.against).toEqual([
      'stage-order fail: trainyard.yaml has no stage "canary": its stages are staging, production',
    ]);
  });

  it('says that there is nothing to do where it stands already', async () => {
    const book = inStaging();
    book.assign('v1.0.0', 'production');
    const decision = decide(asked, { ...good, gates: undefined, state: await book.state() });
    expect(decision).toMatchObject({ already: true, verdict: 'pass' });
  });

  it('P3 refuses the tag of somebody who may not, also where the version stands already', async () => {
    const book = inStaging();
    book.assign('v1.0.0', 'production');
    const request = { tag: 'heart-disease#production#9' } as NonNullable<PromotionRequest['request']>;
    const promoter = { verdict: 'fail', because: '@bob is not among the promoters' } as const;
    const evidence = { ...good, gates: undefined, state: await book.state() };
    expect(decide({ ...asked, request }, { ...evidence, promoter }).verdict).toBe('fail');
    expect(decide({ ...asked, request }, evidence)).toMatchObject({ already: true, verdict: 'pass' });
  });
});

describe('the order of stages', () => {
  it('V4 lets through what a newer version took the place of in the stage before', async () => {
    const book = inStaging();
    book.register('v1.1.0');
    book.assign('v1.1.0', 'staging');
    expect(await reasons(book)).toEqual({ verdict: 'pass', against: [] });
  });

  it('V4 stops what was rolled back or withdrawn in the stage before, until it comes there again', async () => {
    const book = inStaging();
    book.register('v1.1.0');
    book.assign('v1.1.0', 'staging');
    book.assign('v1.0.0', 'staging', { cause: 'rollback' });
    const rolledBack = await reasons(
      book,
      { approvals: [approvalOf('@bob', { name: 'v1.1.0', digest: digestOf('v1.1.0') })] },
      { name: 'v1.1.0' },
    );
    expect(rolledBack.against).toEqual([
      'stage-order fail: v1.1.0 was rolled back in staging (heart-disease#staging#3), and has to come there again first',
    ]);
    book.unassign('v1.0.0', 'staging');
    expect((await reasons(book)).against[0]).toContain(
      'was withdrawn from staging (heart-disease#staging!#4)',
    );
    book.assign('v1.0.0', 'staging');
    expect((await reasons(book)).verdict).toBe('pass');
  });

  it('V4 brings nothing back by itself that has stood there before', async () => {
    const book = inStaging();
    book.unassign('v1.0.0', 'staging');
    const { against } = await reasons(book, {}, { stage: 'staging', cause: 'automatic' });
    expect(against).toEqual([
      'stage-order fail: v1.0.0 has stood in staging before: only people bring it back',
    ]);
  });

  it('V4 refuses a tag that is older than a rollback of the stage', async () => {
    const book = inStaging();
    book.assign('v1.0.0', 'production');
    book.register('v1.1.0');
    book.assign('v1.1.0', 'staging');
    book.assign('v1.1.0', 'production');
    book.assign('v1.0.0', 'production', { cause: 'rollback' });
    const request = { tag: 'heart-disease#production#4', commit: commitOf('v1.1.0'), counter: 4 };
    const approvals = [approvalOf('@bob', { name: 'v1.1.0', digest: digestOf('v1.1.0') })];
    const { against } = await reasons(book, { approvals }, { name: 'v1.1.0', request });
    expect(against[0]).toContain('was rolled back to v1.0.0 by @ada (heart-disease#production#5)');
    const later = { ...request, counter: 6 };
    expect((await reasons(book, { approvals }, { name: 'v1.1.0', request: later })).verdict).toBe('pass');
  });
});

describe('promoters', () => {
  const question = {
    stage: 'production',
    promoters: ['@ada', '@shop/managers', 'carol@example.org'],
    mustSign: false,
    forge: undefined,
  };
  const forge = {
    isMember: async (team: string, account: string) => success(team === 'shop/managers' && account === 'mia'),
  };

  it.each([
    ['a user by name', { by: { name: '@Ada', proof: 'forge' as const } }, 'pass'],
    ['an address that signed', { by: { name: 'carol@example.org', proof: 'signature' as const } }, 'pass'],
    ['somebody else', { by: { name: 'eve@example.org', proof: 'signature' as const } }, 'fail'],
    ['who only says so', { by: { name: '@ada', proof: 'nobody' as const } }, 'inconclusive'],
    ['a member of the team', { by: { name: '@mia', proof: 'forge' as const }, forge }, 'pass'],
    ['no member of the team', { by: { name: '@eve', proof: 'forge' as const }, forge }, 'fail'],
    [
      'a member of the team where nobody can be asked',
      { by: { name: '@mia', proof: 'forge' as const } },
      'inconclusive',
    ],
    [
      'an account of a job where only signatures count',
      { by: { name: '@ada', proof: 'forge' as const }, mustSign: true },
      'inconclusive',
    ],
  ])('P3 judge %s', async (_, over, verdict) => {
    expect((await judgePromoter({ ...question, ...over })).verdict).toBe(verdict);
  });

  it('P3 are not known while the forge does not answer', async () => {
    const broken = {
      isMember: async () => failed({ code: 'x', kind: 'world' as const, message: 'no connection' }),
    };
    const judged = await judgePromoter({ ...question, by: { name: '@mia', proof: 'forge' }, forge: broken });
    expect(judged).toEqual({
      verdict: 'inconclusive',
      because: 'whether @mia is in @shop/managers is not known: no connection',
    });
  });
});

describe('a rollback', () => {
  const promoter = { verdict: 'pass', because: 'may' } as const;
  const ask = async (book: Book, to?: string) =>
    decideRollback(
      { stage: 'production', by: ada, ...(to === undefined ? {} : { to }) },
      { state: await book.state(), stages, promoter },
    );

  function three(): Book {
    const book = new Book();
    for (const name of ['v1.0.0', 'v1.1.0', 'v1.2.0']) {
      book.register(name);
      book.assign(name, 'production');
    }
    return book;
  }

  it('V4 goes further back each time, and not to and fro', async () => {
    const book = three();
    expect((await ask(book)).name).toBe('v1.1.0');
    book.assign('v1.1.0', 'production', { cause: 'rollback' });
    expect((await ask(book)).name).toBe('v1.0.0');
    book.assign('v1.0.0', 'production', { cause: 'rollback' });
    const end = await ask(book);
    expect(end.verdict).toBe('fail');
    expect(end.checks[0]!.because).toBe('before v1.0.0 nothing stood in production');
  });

  it('V4 goes back over a promotion that came after a rollback to what stood there then', async () => {
    const book = three();
    book.assign('v1.1.0', 'production', { cause: 'rollback' });
    book.assign('v1.2.0', 'production');
    expect((await ask(book)).name).toBe('v1.1.0');
  });

  it('V4 skips what is archived, and fills a stage that was emptied', async () => {
    const book = three();
    book.archive('v1.1.0');
    expect((await ask(book)).name).toBe('v1.0.0');
    book.unassign('v1.2.0', 'production');
    expect((await ask(book)).name).toBe('v1.0.0');
  });

  it('V4 goes to a version by its name, and to none that never stood there', async () => {
    const book = three();
    book.register('v1.3.0');
    expect((await ask(book, 'v1.0.0')).verdict).toBe('pass');
    const never = await ask(book, 'v1.3.0');
    expect(never.verdict).toBe('fail');
    expect(never.checks[1]!.because).toContain('promote it instead');
    expect(await ask(book, 'v1.2.0')).toMatchObject({ already: true });
  });
});
