import type { ModelState, ModelVersion } from '../registry/index.ts';
import type { RunRecord } from '../runs/index.ts';
import type { OwnerNotes } from './model-card-notes.ts';

/** What a model card is written from. */
export interface ModelCardFacts {
  readonly model: string;
  /** Absent for a run that is not registered. */
  readonly version?: ModelVersion;
  readonly state?: ModelState;
  /** The run that measured the version. */
  readonly record: RunRecord;
  /** What the owner of the pipeline has to say. */
  readonly notes?: OwnerNotes;
  /** Columns that are personal data by the contracts as they are now: then they are not told, whatever a record says. */
  readonly personal: ReadonlySet<string>;
}
