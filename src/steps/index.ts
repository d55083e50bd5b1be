export type { SliceSpec } from '../evaluate/index.ts';
export { stepEntry } from './entry.ts';
export { outputFiles } from './outputs.ts';
export type {
  ChooseRequest,
  EvaluateRequest,
  GatesRequest,
  PrepareRequest,
  StepCall,
  StepRequest,
  TrainRequest,
  ValidateRequest,
} from './request.ts';
export { validate } from './validate.ts';
export type { Engine, StepCode } from './versions.ts';
export { stepCode } from './versions.ts';
