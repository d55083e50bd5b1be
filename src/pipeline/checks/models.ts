import type { FileFailure } from '../file-failures.ts';
import { mistake } from '../file-failures.ts';
import { instancesOf } from '../matrix.ts';
import { shown } from '../shape-words.ts';
import type { Check, Checking, Placed, StepDraft } from './checking.ts';
import { declares, member, steps, textsAt, unknownStep } from './checking.ts';
import { needsOf, stepsBefore } from './needs.ts';

/** How models go from the steps that make them through `evaluate` and `choose` to `model.from`. */
export const checkModels: Check = (checking) => [
  ...steps(checking).flatMap(([name, step]) => {
    if (step.uses === 'evaluate') return evaluateStep(checking, name, step);
    return step.uses === 'choose' ? chooseStep(checking, name) : [];
  }),
  ...finalModel(checking),
];

export function givesModel(step: StepDraft | undefined): boolean {
  if (step?.uses !== undefined) return step.uses === 'train' || step.uses === 'choose';
  return step?.run !== undefined && Object.hasOwn(step.outs ?? {}, 'model');
}

/** The steps whose models an `evaluate` step measures. */
export function measuredBy(checking: Checking, name: string): readonly Placed<string>[] {
  const step = member(checking.draft.steps, name);
  const named = textsAt(step?.with?.['models'], ['steps', name, 'with', 'models']);
  return Object.hasOwn(step?.with ?? {}, 'models')
    ? named
    : needsOf(checking, name).filter(({ value }) => givesModel(member(checking.draft.steps, value)));
}

const howToMake = 'a model comes from a `train` step, or from a command with `outs: { model: … }`';

function evaluateStep(checking: Checking, name: string, step: StepDraft): readonly FileFailure[] {
  const { draft, places } = checking;
  if (Object.hasOwn(step.with ?? {}, 'models')) {
    const before = stepsBefore(checking).get(name);
    return measuredBy(checking, name).flatMap((model) => {
      const maker = member(draft.steps, model.value);
      if (maker === undefined)
        return declares(checking, 'steps', model.value) ? [] : [unknownStep(checking, model)];
      const place = places.place(model.path);
      if (!givesModel(maker))
        return [mistake('pipeline-models-missing', `${shown(model.value)} gives no model`, place, howToMake)];
      if (before?.has(model.value) === true) return [];
      const message = `${shown(name)} does not need ${shown(model.value)}, so its model may not be there`;
      return [
        mistake('pipeline-models-missing', message, place, `add ${shown(model.value)} to its \`needs\``),
      ];
    });
  }
  const unclear = needsOf(checking, name).some(({ value }) => member(draft.steps, value) === undefined);
  if (
    unclear ||
    step.with === undefined ||
    measuredBy(checking, name).length > 0 ||
    hidesNeeds(checking, name)
  )
    return [];
  const place = places.keyPlace(['steps', name, ...(step.needs === undefined ? [] : ['needs'])]);
  const makers = steps(checking).flatMap(([other, candidate]) =>
    givesModel(candidate) && candidate.uses !== 'choose' ? [other] : [],
  );
  const remedy =
    makers.length === 0 ? howToMake : `add ${makers.slice(0, 3).map(shown).join(' or ')} to its \`needs\``;
  return [
    mistake('pipeline-models-missing', `${shown(name)} needs no step that gives a model`, place, remedy),
  ];
}

function chooseStep(checking: Checking, name: string): readonly FileFailure[] {
  const { draft, places } = checking;
  const needs = needsOf(checking, name);
  const evaluates = needs.filter(({ value }) => member(draft.steps, value)?.uses === 'evaluate');
  const unclear =
    needs.some(({ value }) => member(draft.steps, value) === undefined) || hidesNeeds(checking, name);
  if (evaluates.length === 1 || (unclear && evaluates.length === 0)) return [];
  if (evaluates.length > 1) {
    const message = `${shown(name)} needs ${evaluates.length} \`evaluate\` steps, and chooses from one`;
    return [
      mistake(
        'pipeline-evaluation-missing',
        message,
        places.place(evaluates[1]!.path),
        'measure all models in one step',
      ),
    ];
  }
  const all = steps(checking).flatMap(([other, step]) => (step.uses === 'evaluate' ? [other] : []));
  const place = places.keyPlace(['steps', name, ...(needs.length === 0 ? [] : ['needs'])]);
  const remedy =
    all.length === 0
      ? 'add a step with `uses: evaluate`, and name it here'
      : `add ${all.slice(0, 3).map(shown).join(' or ')} to its \`needs\``;
  return [
    mistake(
      'pipeline-evaluation-missing',
      `${shown(name)} needs no \`evaluate\` step to choose from`,
      place,
      remedy,
    ),
  ];
}

/** Whether `needs` is there, but so written that it cannot be read. */
function hidesNeeds(checking: Checking, name: string): boolean {
  const step = member(checking.draft.steps, name)!;
  return step.needs === undefined && Object.hasOwn(step, 'needs');
}

function finalModel(checking: Checking): readonly FileFailure[] {
  const { draft, places } = checking;
  const from = draft.model?.from;
  if (from === undefined) return [];
  const path = ['model', 'from'];
  if (!declares(checking, 'steps', from)) return [unknownStep(checking, { value: from, path })];
  const step = member(draft.steps, from);
  if (step === undefined) return [];
  const place = places.place(path);
  if (!givesModel(step))
    return [mistake('pipeline-models-missing', `${shown(from)} gives no model`, place, howToMake)];
  const instances = instancesOf(matrixOf(step));
  if (instances > 1) {
    const message = `${shown(from)} gives ${instances} models, and a pipeline has one`;
    return [
      mistake(
        'pipeline-model-ambiguous',
        message,
        place,
        'take the best with a `choose` step after an `evaluate` step',
      ),
    ];
  }
  if (
    (draft.model?.gates ?? []).length === 0 ||
    step.uses === 'choose' ||
    evaluationOf(checking) !== undefined
  )
    return [];
  const message = `gates need measurements, and no \`evaluate\` step measures the model of ${shown(from)}`;
  return [
    mistake(
      'pipeline-evaluation-missing',
      message,
      place,
      `add a step with \`uses: evaluate\` and \`needs: ${from}\``,
    ),
  ];
}

/** The `evaluate` step that measures the pipeline's model, if there is one. */
export function evaluationOf(checking: Checking): readonly [string, StepDraft] | undefined {
  const from = checking.draft.model?.from;
  if (from === undefined) return undefined;
  const all = steps(checking).filter(([, step]) => step.uses === 'evaluate');
  if (member(checking.draft.steps, from)?.uses === 'choose') {
    const needs = needsOf(checking, from).map(({ value }) => value);
    return all.find(([name]) => needs.includes(name));
  }
  return all.find(([name]) => measuredBy(checking, name).some(({ value }) => value === from));
}

function matrixOf(step: StepDraft): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(Object.entries(step.matrix ?? {}).map(([key, values]) => [key, values ?? []]));
}
