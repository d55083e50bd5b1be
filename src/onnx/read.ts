import type { Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import { findClasses } from './classes.ts';
import type { OnnxFailure } from './failures.ts';
import {
  classesUnknown,
  externalData,
  inputUnsupported,
  modelInvalid,
  modelTooLarge,
  outputUnsupported,
} from './failures.ts';
import type { ModelInfo, Port, TensorType } from './model.ts';
import type { Outline, OutlineValue } from './outline.ts';
import { outlineModel } from './outline.ts';
import { dataTypes } from './proto.ts';
import type { RepairedModel } from './repair.ts';
import { repairOutline } from './repair.ts';
import { WireError } from './wire.ts';

/** The largest model that is read, in bytes: half of what the file format itself allows. */
const largestModel = 2 ** 30;

/** A model that is understood: its description, its bytes (repaired where needed), and what each output means. */
export interface UnderstoodModel extends RepairedModel {
  readonly info: ModelInfo;
  readonly roles: OutputRoles;
}

export interface OutputRoles {
  readonly label?: string;
  /** Probabilities [N, classes], or the values of a regression. */
  readonly scores: string;
}

/**
 * What a model is, without running it. Its outputs are described as they are after `repairModel`. Never throws,
 * whatever the bytes.
 */
export function readModel(bytes: Uint8Array): Result<ModelInfo, OnnxFailure> {
  const model = understandModel(bytes);
  return model.ok ? success(model.value.info) : model;
}

/** The model with tensors as its only outputs; the same bytes when they were all tensors before. */
export function repairModel(bytes: Uint8Array): Result<RepairedModel, OnnxFailure> {
  const model = understandModel(bytes);
  return model.ok ? success({ bytes: model.value.bytes, repairs: model.value.repairs }) : model;
}

export function understandModel(bytes: Uint8Array): Result<UnderstoodModel, OnnxFailure> {
  if (bytes.length > largestModel) return failed(modelTooLarge(bytes.length, largestModel));
  try {
    const before = outlineModel(bytes);
    if (before.external) return failed(externalData());
    const classes = findClasses(before, labelOf(before.outputs.flatMap((value) => portOf(value) ?? [])));
    const repaired = repairOutline(before, classes);
    const model = repaired.repairs.length === 0 ? before : outlineModel(repaired.bytes);
    return describe(model, classes, repaired);
  } catch (error) {
    if (error instanceof WireError) return failed(modelInvalid(error.message, error));
    throw error;
  }
}

/** The inputs of any graph, whether or not its outputs are those of a model. */
export function readPorts(bytes: Uint8Array): Result<readonly Port[], OnnxFailure> {
  try {
    return inputPorts(outlineModel(bytes));
  } catch (error) {
    if (error instanceof WireError) return failed(modelInvalid(error.message, error));
    throw error;
  }
}

function inputPorts(model: Outline): Result<readonly Port[], OnnxFailure> {
  const inputs: Port[] = [];
  // Old models list their constants among the inputs.
  for (const value of model.inputs.filter(({ name }) => !model.constants.has(name))) {
    const port = portOf(value);
    if (port === undefined) return failed(inputUnsupported(value.name, 'is of a type that rows cannot have'));
    inputs.push(port);
  }
  return success(inputs);
}

function describe(
  model: Outline,
  classes: readonly string[] | undefined,
  repaired: RepairedModel,
): Result<UnderstoodModel, OnnxFailure> {
  const ports = inputPorts(model);
  if (!ports.ok) return ports;
  const inputs = ports.value;
  if (model.nodes.length === 0 || inputs.length === 0) {
    return failed(modelInvalid('its graph has no nodes or no inputs'));
  }
  const outputs = model.outputs.flatMap((value) => portOf(value) ?? []);
  const label = labelOf(outputs);
  const scores = scoresOf(outputs, classes);
  if (scores === undefined) return failed(outputUnsupported('none of them is a tensor of float or double'));
  const regression =
    model.metadata['trainyard.task'] === 'regression' || (classes === undefined && label === undefined);
  if (!regression && (classes === undefined || classes.length < 2)) return failed(classesUnknown());
  const problem = regression ? undefined : probabilitiesProblem(scores, classes!.length);
  if (problem !== undefined) return failed(outputUnsupported(problem));
  const info: ModelInfo = {
    inputs,
    outputs,
    opsets: model.opsets,
    producer: model.producer,
    metadata: model.metadata,
    task: regression ? 'regression' : 'classification',
    classes: regression ? [] : classes!,
  };
  const roles = { ...(label === undefined || regression ? {} : { label }), scores: scores.name };
  return success({ ...repaired, info, roles });
}

/** Shapes that are not written down are found out when the model runs. */
function probabilitiesProblem({ name, shape }: Port, classes: number): string | undefined {
  if (shape.length === 0) return undefined;
  if (shape.length !== 2) return `${name} has ${shape.length} dimensions instead of 2`;
  const width = shape[1] ?? classes;
  return width === classes ? undefined : `${classes} classes, but ${name} has ${width} columns`;
}

const typeNames = new Map<number, TensorType>(
  (['float', 'double', 'int64', 'int32', 'bool', 'string'] as const).map((type) => [dataTypes[type], type]),
);

function portOf({ name, elementType, shape }: OutlineValue): Port | undefined {
  const type = typeNames.get(elementType ?? 0);
  return type === undefined ? undefined : { name, type, shape: shape ?? [] };
}

/** What the outputs of a model mean that was read before. */
export function outputRoles({ outputs, classes, task }: ModelInfo): OutputRoles {
  const regression = task === 'regression';
  const label = regression ? undefined : labelOf(outputs);
  const scores = scoresOf(outputs, regression ? undefined : classes);
  return { ...(label === undefined ? {} : { label }), scores: scores!.name };
}

function labelOf(outputs: readonly Port[]): string | undefined {
  const labels = outputs.filter(({ type }) => type === 'int64' || type === 'int32' || type === 'string');
  return (labels.find(({ name }) => name.includes('label')) ?? labels[0])?.name;
}

function scoresOf(outputs: readonly Port[], classes: readonly string[] | undefined): Port | undefined {
  const floats = outputs.filter(({ type }) => type === 'float' || type === 'double');
  return (
    floats.find(({ name }) => name.includes('prob')) ??
    floats.find(({ shape }) => classes !== undefined && shape[1] === classes.length) ??
    floats[0]
  );
}
