import type { Digest } from '../../base/index.ts';
import type { RunRecord } from '../../runs/index.ts';
import { shortName } from '../format/index.ts';

/** What a comparison wants of a run: artifacts of its steps. */
export interface Wanted {
  readonly kind: 'curves' | 'answers' | 'learning';
  readonly digest: Digest;
  /** Id of the step that made the artifact. */
  readonly step: string;
  /** Of `answers`: what the record says of the model that answered. */
  readonly model?: AnsweringModel;
}

export interface AnsweringModel {
  readonly task: 'classification' | 'regression';
  readonly classes: readonly string[];
}

/** Of all steps of a run; `answers` only on request. */
export function wantedOf(record: RunRecord, withAnswers: boolean): readonly Wanted[] {
  return record.steps.flatMap((step): readonly Wanted[] =>
    step.artifacts.flatMap(({ name, digest }): readonly Wanted[] => {
      if (name === 'evaluation') return [{ kind: 'curves', digest, step: step.id }];
      if (name === 'learning') return [{ kind: 'learning', digest, step: step.id }];
      if (!withAnswers || !/^predictions\/\d+$/.test(name)) return [];
      const model = answering(record, step.needs);
      return model === undefined ? [] : [{ kind: 'answers', digest, step: step.id, model }];
    }),
  );
}

/** All models that one step measured know the same classes. */
function answering(record: RunRecord, needs: readonly string[]): AnsweringModel | undefined {
  const measured = record.models.filter(({ evaluation }) => evaluation !== undefined);
  const { evaluation } = measured.find(({ step }) => needs.includes(step)) ?? measured[0] ?? {};
  return evaluation && { task: evaluation.task, classes: evaluation.classes ?? [] };
}

export function named(wanted: Wanted): string {
  return `${wanted.kind}/${shortName(wanted.digest)}`;
}
