import { topologicalOrder } from '../../base/index.ts';
import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, Placed } from './checking.ts';
import { declares, member, steps, textsAt, unknownStep } from './checking.ts';

/** Needs that are no steps, and steps that need each other in a circle. */
export const checkNeeds: Check = (checking) => [
  ...steps(checking).flatMap(([name]) =>
    needsOf(checking, name)
      .filter((need) => !declares(checking, 'steps', need.value))
      .map((need) => unknownStep(checking, need)),
  ),
  ...cycles(checking),
];

export function needsOf(checking: Checking, step: string): readonly Placed<string>[] {
  return textsAt(member(checking.draft.steps, step)?.needs, ['steps', step, 'needs']);
}

function cycles(checking: Checking): readonly FileFailure[] {
  const graph = new Map(
    steps(checking).map(([name]) => [name, needsOf(checking, name).map((need) => need.value)]),
  );
  return topologicalOrder(graph).cycles.map((cycle) => {
    const [first, second] = [cycle[0]!, cycle[1] ?? cycle[0]!];
    const need = needsOf(checking, first).find((one) => one.value === second);
    const place = checking.places.place(need?.path ?? ['steps', first, 'needs']);
    if (cycle.length === 1)
      return mistake('pipeline-cycle', `${shown(first)} needs itself`, place, 'remove it');
    const circle = [...cycle, first].map(shown).join(' → ');
    return mistake(
      'pipeline-cycle',
      `steps need each other in a circle: ${circle}`,
      place,
      'remove one of these needs',
    );
  });
}

/** The names of all steps that must end before each step, however far. */
export function stepsBefore(checking: Checking): ReadonlyMap<string, ReadonlySet<string>> {
  const graph = new Map(
    steps(checking).map(([name]) => [name, needsOf(checking, name).map((need) => need.value)]),
  );
  const before = new Map<string, Set<string>>();
  for (const name of topologicalOrder(graph).order) {
    const found = new Set<string>();
    for (const need of graph.get(name) ?? []) {
      if (!graph.has(need)) continue;
      found.add(need);
      for (const further of before.get(need) ?? []) found.add(further);
    }
    before.set(name, found);
  }
  return before;
}
