import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandsOf } from '../../../site/models/commands.ts';
import type { ModelState } from '../../../src/registry/index.ts';
import { decideRollback, stagePolicies } from '../../../src/registry/index.ts';
import { judgeOrder } from '../../../src/registry/promotion/judge-order.ts';
import { judgeVersion } from '../../../src/registry/promotion/judge-version.ts';
import type { ModelFile } from '../../../src/site/format/index.ts';
import { modelFile } from '../../../src/site/models/model-file.ts';
import { Book } from '../../registry/tags.ts';

const versions = ['v1.0.0', 'v1.1.0', 'v2.0.0'] as const;
const policies = stagePolicies([
  { name: 'staging', auto: true },
  { name: 'production', from: 'staging' },
] as Parameters<typeof stagePolicies>[0]);
const by = { name: 'ada', proof: 'nobody' } as const;

/** Anything that may happen, legal or not. */
const acts = fc.array(
  fc.record({
    act: fc.constantFrom('assign', 'assign', 'assign', 'unassign', 'archive'),
    name: fc.constantFrom(...versions),
    stage: fc.constantFrom('staging', 'production'),
    cause: fc.constantFrom('promotion', 'automatic', 'rollback'),
  }),
  { maxLength: 14 },
);

function fileOf(state: ModelState): ModelFile {
  return JSON.parse(
    JSON.stringify(modelFile(state, { versions: [], policies, approvals: [], deployed: [] })),
  ) as ModelFile;
}

function offered(state: ModelState, version: string): readonly string[] {
  const archived = state.versions.find(({ name }) => name === version)!.archived;
  return commandsOf(fileOf(state), { version, archived }).map(([, command]) => command);
}

function rollbackOf(state: ModelState): string | undefined {
  const decision = decideRollback(
    { stage: 'production', by },
    { state, stages: policies, promoter: { verdict: 'pass', because: '' } },
  );
  return decision.verdict === 'pass' ? decision.name : undefined;
}

function mayCome(state: ModelState, name: string, stage: string): boolean {
  const request = { name, stage, by, cause: 'promotion' } as const;
  const judged = [judgeVersion(request, state), judgeOrder(request, state, policies)];
  return judged.every(({ verdict }) => verdict === 'pass') && state.stages[stage]?.event.name !== name;
}

describe('what a page offers to do with a version', () => {
  it('is a rollback and a promotion where the registry allows them, and never where it refuses', async () => {
    await fc.assert(
      fc.asyncProperty(acts, async (done) => {
        const book = new Book();
        for (const name of versions) book.register(name);
        for (const { act, name, stage, cause } of done) {
          if (act === 'assign') book.assign(name, stage, { cause });
          if (act === 'unassign') book.unassign(name, stage);
          if (act === 'archive') book.archive(name);
        }
        const state = await book.state();
        expect(fileOf(state).stages[1]!.before).toBe(rollbackOf(state));
        for (const name of versions) {
          const commands = offered(state, name);
          expect(commands.some((command) => command.startsWith('trainyard rollback'))).toBe(
            rollbackOf(state) !== undefined,
          );
          const to = commands
            .filter((command) => command.startsWith('trainyard promote'))
            .map((command) => / --to (\S+)/.exec(command)![1]!);
          for (const stage of to) expect([stage, mayCome(state, name, stage)]).toEqual([stage, true]);
          if (mayCome(state, name, 'production')) expect(to).toContain('production');
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is no rollback over what a rollback took away, and one of a stage that was emptied', async () => {
    const book = new Book();
    for (const name of versions) book.register(name);
    book.assign('v1.0.0', 'production');
    book.assign('v1.1.0', 'production');
    expect(offered(await book.state(), 'v1.1.0').join('\n')).toContain('trainyard rollback');
    book.assign('v1.0.0', 'production', { cause: 'rollback' });
    expect(offered(await book.state(), 'v1.1.0').join('\n')).not.toContain('trainyard rollback');
    book.assign('v2.0.0', 'production');
    book.unassign('v2.0.0', 'production');
    expect(offered(await book.state(), 'v1.1.0').join('\n')).toContain('trainyard rollback');
  });

  it('leads a version that has to come through a stage there first, and an archived one nowhere', async () => {
    const book = new Book();
    for (const name of versions) book.register(name);
    book.assign('v1.0.0', 'staging');
    book.archive('v2.0.0');
    const promoted = async (name: string): Promise<readonly string[]> =>
      offered(await book.state(), name).filter((command) => command.includes('promote'));
    expect((await promoted('v1.0.0')).every((command) => command.includes('--to production'))).toBe(true);
    expect((await promoted('v1.1.0')).every((command) => command.includes('--to staging'))).toBe(true);
    expect(await promoted('v1.1.0')).toHaveLength(2);
    expect(await promoted('v2.0.0')).toEqual([]);
  });
});
