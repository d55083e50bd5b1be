import type { FittedFeatures } from '../../features/index.ts';
import { featureGraph, featureInputs } from '../../features/index.ts';
import type { Constant, Graph, OutputPort, Port } from '../../onnx/index.ts';
import { buildModel, createGraphBuilder } from '../../onnx/index.ts';
import type { Target, TrainedModel } from '../../train/index.ts';

export interface Assembly {
  readonly fitted: FittedFeatures;
  readonly model: TrainedModel;
  readonly target: Target;
  /** Classes are written as integers where they are. */
  readonly integerClasses: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Fuses features and estimator into one model: raw columns in; `label` and `probabilities`, or `value`, out. The label
 * is the most probable class; of equally probable ones, the first in the order of the classes.
 */
export async function assembleModel(assembly: Assembly): Promise<Uint8Array> {
  const { fitted, model, target, metadata } = assembly;
  const inputs = featureInputs(fitted);
  const names = outputNames(inputs);
  const graph = createGraphBuilder([...inputs.map(({ name }) => name), ...Object.values(names)]);
  const scores = model.toOnnx(graph, featureGraph(fitted, graph));
  const outputs: OutputPort[] =
    target.task === 'regression'
      ? [{ name: names.value, type: 'double', shape: [null, 1], from: scores }]
      : [
          {
            name: names.label,
            type: assembly.integerClasses ? 'int64' : 'string',
            shape: [null],
            from: labelOf(scores, labelConstant(target.classes, assembly.integerClasses), graph),
          },
          { name: names.probabilities, type: 'double', shape: [null, target.classes.length], from: scores },
        ];
  return buildModel({ graph, inputs, outputs, metadata });
}

/** The features alone, as the output `features`: to compare them with those of SQL. */
export async function assembleFeatures(
  fitted: FittedFeatures,
): Promise<{ bytes: Uint8Array; output: string }> {
  const inputs = featureInputs(fitted);
  const output = freeName('features', inputs);
  const graph = createGraphBuilder([...inputs.map(({ name }) => name), output]);
  const [from] = graph.node('Identity', [featureGraph(fitted, graph)]);
  const bytes = await buildModel({
    graph,
    inputs,
    outputs: [{ name: output, type: 'double', shape: [null, null], from: from! }],
  });
  return { bytes, output };
}

function outputNames(inputs: readonly Port[]): { label: string; probabilities: string; value: string } {
  const free = (name: string): string => freeName(name, inputs);
  return { label: free('label'), probabilities: free('probabilities'), value: free('value') };
}

/** A column may have the name of an output, which a graph cannot have twice: then the output gets underscores. */
function freeName(wish: string, inputs: readonly Port[]): string {
  let name = wish;
  while (inputs.some((input) => input.name === name)) name += '_';
  return name;
}

function labelConstant(classes: readonly string[], integers: boolean): Constant {
  const dims = [classes.length];
  return integers
    ? { type: 'int64', dims, values: classes.map(Number) }
    : { type: 'string', dims, values: classes };
}

/** ONNX's ArgMax takes the first of equal values. */
function labelOf(scores: string, classes: Constant, graph: Graph): string {
  const int = (value: number) => ({ kind: 'int', value }) as const;
  const [best] = graph.node('ArgMax', [scores], { attributes: { axis: int(1), keepdims: int(0) } });
  return graph.node('Gather', [graph.constant('classes', classes), best!])[0]!;
}
