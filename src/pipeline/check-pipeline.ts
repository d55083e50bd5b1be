import type { Shape } from './check-shape.ts';
import { checkShape } from './check-shape.ts';
import { checkBuiltIns } from './checks/built-in.ts';
import type { Check, Checking, PipelineDraft } from './checks/checking.ts';
import { checkColumns } from './checks/columns.ts';
import { checkCommands } from './checks/commands.ts';
import { checkData } from './checks/data.ts';
import { checkDispatch } from './checks/dispatch.ts';
import { checkExpressions } from './checks/expressions.ts';
import { checkFilesOfSteps } from './checks/files.ts';
import { checkMetrics } from './checks/metrics.ts';
import { checkModels } from './checks/models.ts';
import { checkNames } from './checks/names.ts';
import { checkNeeds } from './checks/needs.ts';
import { checkServing } from './checks/serving.ts';
import { checkTraining } from './checks/train.ts';
import { checkTriggers } from './checks/triggers.ts';
import type { FileFailure } from './file-failures.ts';
import { mistake } from './file-failures.ts';
import { pipelineFileSchema } from './schemas/pipeline-schema.ts';
import { shown } from './shape-words.ts';
import { stepChooser } from './step-kind.ts';
import type { YamlValue } from './yaml.ts';

const checks: readonly Check[] = [
  checkNames,
  checkTriggers,
  checkDispatch,
  checkData,
  checkColumns,
  checkNeeds,
  checkBuiltIns,
  checkTraining,
  checkModels,
  checkMetrics,
  checkServing,
  checkCommands,
  checkFilesOfSteps,
  checkExpressions,
];

/** Checks what can be said without looking beyond the file: keys, types and values. */
export function checkPipelineShape({
  value,
  places,
}: YamlValue): { readonly draft: PipelineDraft } & Pick<Shape, 'failures'> {
  const { usable, failures } = checkShape(value, pipelineFileSchema, {
    places,
    choosers: { StepFile: stepChooser(places) },
  });
  return { draft: (usable ?? {}) as PipelineDraft, failures };
}

/** Checks what things in the file have to do with each other and with other files, where their shape is right. */
export function checkPipelineMeaning(checking: Checking): readonly FileFailure[] {
  return checks.flatMap((check) => check(checking));
}

/** Another version of the format is refused before anything else is said of the file. */
export function versionFailure({ value, places }: YamlValue, what: string): FileFailure | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const version = (value as { readonly version?: unknown }).version;
  if (typeof version !== 'number' || version === 1) return undefined;
  const message = `this is version ${shown(version)} of the ${what}, and this Trainyard reads version \`1\``;
  return mistake(
    'pipeline-version',
    message,
    places.place(['version']),
    'write `version: 1`, or install another Trainyard',
  );
}
