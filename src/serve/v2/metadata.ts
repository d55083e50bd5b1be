import type { ServedModel, ServedVersion } from '../fleet.ts';
import { portsOf } from './ports.ts';

export const extensions: readonly string[] = [
  'binary_tensor_data',
  'classification',
  'model_configuration',
  'model_repository',
  'statistics',
];

const platform = 'onnxruntime_onnx';

/** What a model takes and gives; the class labels of an output in the order of its columns are a parameter of it. */
export function modelMetadata(model: ServedModel, version: ServedVersion): unknown {
  const { described, outputs } = portsOf(version.engine.servable);
  return {
    name: model.name,
    versions: [...model.versions.keys()],
    platform,
    inputs: described,
    outputs: outputs.map(({ role, classes, ...port }) =>
      role === 'scores' && classes.length > 0
        ? { ...port, parameters: { classes: `[${classes.join(',')}]` } }
        : port,
    ),
  };
}

/** The extension `model_configuration`, as far as it says something about a model here. */
export function modelConfiguration(model: ServedModel, version: ServedVersion): unknown {
  const { described, outputs } = portsOf(version.engine.servable);
  const tensor = ({ name, datatype, shape }: (typeof described)[number]): unknown => ({
    name,
    data_type: datatype === 'BYTES' ? 'TYPE_STRING' : `TYPE_${datatype}`,
    dims: shape,
  });
  return {
    name: model.name,
    platform,
    backend: 'onnxruntime',
    version_policy: { specific: { versions: [...model.versions.keys()] } },
    // Rows are a dimension of every tensor, so that there is none besides.
    max_batch_size: 0,
    input: described.map(tensor),
    output: outputs.map(tensor),
  };
}
