import { labelsAttribute, labelsConstant } from './labels.ts';
import type { Outline, OutlineNode } from './outline.ts';

/** Operators that change the type or shape of labels, not their meaning. */
const transparent = new Set(['Cast', 'Flatten', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze']);

/**
 * The classes in the order of the probability columns, from the first of these that says them: our metadata, a ZipMap,
 * what the label output was made from, the last classifier of the graph. `label` is the name of the label output.
 */
export function findClasses(model: Outline, label: string | undefined): readonly string[] | undefined {
  return (
    classesOfMetadata(model.metadata) ??
    classesOfZipMap(model) ??
    (label === undefined ? undefined : classesOfLabel(model, label)) ??
    classesOfClassifier(model, label)
  );
}

function classesOfMetadata(metadata: Readonly<Record<string, string>>): string[] | undefined {
  return textsOfJson(metadata['trainyard.classes']);
}

/** A JSON list of texts or numbers, as metadata entries carry them. */
export function textsOfJson(json: string | undefined): string[] | undefined {
  if (json === undefined) return undefined;
  try {
    const list: unknown = JSON.parse(json);
    if (!Array.isArray(list) || list.length === 0 || list.length > 100_000) return undefined;
    return list.every((item) => ['string', 'number', 'boolean'].includes(typeof item))
      ? list.map(String)
      : undefined;
  } catch {
    return undefined;
  }
}

export function isZipMap(node: OutlineNode): boolean {
  return node.operator === 'ZipMap' && node.domain === 'ai.onnx.ml';
}

function classesOfZipMap({ nodes, outputs }: Outline): string[] | undefined {
  const shown = new Set(outputs.map(({ name }) => name));
  for (const node of nodes) if (isZipMap(node) && shown.has(node.outputs[0] ?? '')) return classLabels(node);
  return undefined;
}

/**
 * Converters write `classes[argmax(scores)]` behind estimators for which ONNX has no operator: Bayes, neighbours,
 * neural networks, stacks.
 */
function classesOfLabel({ nodes, constants }: Outline, label: string): string[] | undefined {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let node = makers.get(label);
  for (let steps = 0; node !== undefined && steps < 20; steps++) {
    const labels = classLabels(node);
    if (labels !== undefined) return labels;
    if (node.operator === 'ArrayFeatureExtractor' || node.operator === 'Gather') {
      const constant = constants.get(node.inputs[0] ?? '');
      const values = constant === undefined ? [] : labelsConstant(constant);
      return values.length > 0 ? values : undefined;
    }
    if (node.operator === 'LabelEncoder') return classesOfEncoder(node);
    if (!transparent.has(node.operator)) return undefined;
    node = makers.get(node.inputs[0] ?? '');
  }
  return undefined;
}

/** A LabelEncoder that turns 0, 1, 2, ... into labels. */
function classesOfEncoder(node: OutlineNode): string[] | undefined {
  const keys = labelsAttribute(node, 'keys_int64s');
  const values = labelsAttribute(node, 'values_strings') ?? labelsAttribute(node, 'values_int64s');
  if (keys === undefined || values?.length !== keys.length) return undefined;
  const classes = keys.map((_, i) => values[keys.indexOf(String(i))]);
  return classes.every((text) => text !== undefined) ? classes : undefined;
}

function classesOfClassifier(
  { nodes, outputs }: Outline,
  label: string | undefined,
): readonly string[] | undefined {
  const labels = nodes.flatMap((node) => {
    const found = classLabels(node);
    return found === undefined ? [] : [found];
  });
  const last = labels.at(-1);
  const fits = outputs.some(({ shape }) => shape?.length === 2 && shape[1] === last?.length);
  return label !== undefined || fits ? last : undefined;
}

function classLabels(node: OutlineNode): string[] | undefined {
  if (node.domain !== 'ai.onnx.ml') return undefined;
  for (const name of ['classlabels_strings', 'classlabels_int64s', 'classlabels_ints']) {
    const labels = labelsAttribute(node, name);
    if (labels !== undefined && labels.length > 0) return labels;
  }
  return undefined;
}
