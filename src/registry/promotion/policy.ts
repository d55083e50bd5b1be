import type { StageFile } from '../../pipeline/index.ts';
import type { StagePolicy } from '../decision.ts';

/** The stages of `trainyard.yaml`, in their order, with every default filled in. */
export function stagePolicies(stages: readonly StageFile[]): readonly StagePolicy[] {
  return stages.map((stage) => ({
    name: stage.name,
    auto: stage.auto ?? false,
    ...(stage.from === undefined ? {} : { from: stage.from }),
    ...(stage.environment === undefined ? {} : { environment: stage.environment }),
    promoters: stage.promoters ?? [],
    approvals: stage.approvals ?? 0,
    ...(stage['max-data-age-days'] === undefined ? {} : { maxAgeDays: stage['max-data-age-days'] }),
    provenance: stage.provenance ?? false,
  }));
}
