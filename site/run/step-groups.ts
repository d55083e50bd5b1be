import type { StepRecord } from '@format';
import { seconds } from '@format';
import type { GraphBox, GraphEdge } from '@site/parts/graph/layered-layout.ts';
import { wordOf } from '@site/parts/verdicts.ts';

/** A step of a pipeline file: one in the run, or the members of its matrix. */
export interface StepGroup {
  readonly name: string;
  readonly members: readonly StepRecord[];
  /** Members that the graph shows, the troubled ones first when there is no room for all. */
  readonly shown: readonly StepRecord[];
}

export interface StepGraph {
  readonly groups: ReadonlyMap<string, StepGroup>;
  readonly boxes: readonly GraphBox[];
  readonly edges: readonly GraphEdge[];
}

const mostShown = 8;
export const rowHeight = 34;
const headHeight = 28;

/** Steps with a matrix stand as one box; an arrow goes between boxes when any member needs any. */
export function stepGraph(steps: readonly StepRecord[]): StepGraph {
  const members = new Map<string, StepRecord[]>();
  for (const step of steps) {
    const known = members.get(step.step);
    if (known === undefined) members.set(step.step, [step]);
    else known.push(step);
  }
  const groups = new Map(
    [...members].map(([name, all]): [string, StepGroup] => [
      name,
      { name, members: all, shown: shownOf(all) },
    ]),
  );
  const groupOf = new Map(steps.map(({ id, step }) => [id, step]));
  return {
    groups,
    boxes: [...groups.values()].map(({ name, members: all, shown }) => ({
      id: name,
      width: widthOf(all),
      height:
        all.length === 1
          ? 52
          : headHeight + shown.length * rowHeight + (shown.length < all.length ? rowHeight : 0) + 8,
    })),
    edges: steps.flatMap(({ step, needs }) =>
      needs.flatMap((need): GraphEdge[] => {
        // A need is the id of a step, or the name of all that a matrix made.
        const from = groupOf.get(need) ?? (groups.has(need) ? need : undefined);
        return from === undefined ? [] : [[from, step]];
      }),
    ),
  };
}

/** In pixels: room for a mark, the longest name and what stands beside it, within bounds. */
function widthOf(members: readonly StepRecord[]): number {
  const isMatrix = members.length > 1;
  const widths = members.map((step) => {
    const label = isMatrix ? memberLabel(step) : step.id;
    return label.length * 6.7 + stepWords(step).length * 6.4;
  });
  return Math.min(240, Math.max(112, Math.round(Math.max(...widths)) + (isMatrix ? 66 : 54)));
}

/** What stands beside the name of a step: its time when it ran, else what became of it. */
export function stepWords(step: StepRecord): string {
  return step.status === 'ran' ? seconds(step.seconds) : wordOf(step.status);
}

const trouble: readonly string[] = ['failed', 'rejected', 'cancelled', 'skipped', 'ran', 'cached'];

function shownOf(members: readonly StepRecord[]): readonly StepRecord[] {
  if (members.length <= mostShown) return members;
  const rank = ({ status }: StepRecord): number => trouble.indexOf(status) + 1 || 9;
  return members.toSorted((a, b) => rank(a) - rank(b)).slice(0, mostShown - 1);
}

/** `3 ran, 2 re-used, 1 failed`, the troubled ones first. */
export function statusCounts(steps: readonly StepRecord[]): string {
  const counts = new Map<string, number>();
  for (const { status } of steps) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .toSorted(([a], [b]) => trouble.indexOf(a) - trouble.indexOf(b))
    .map(([status, count]) => `${count} ${wordOf(status)}`)
    .join(', ');
}

/** Of a member of a matrix, what tells it from the others: `random-forest` of `train[random-forest]`. */
export function memberLabel(step: StepRecord): string {
  const values = Object.values(step.matrix ?? {});
  return values.length === 0 ? step.id : values.map(String).join(', ');
}
