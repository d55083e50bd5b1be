import type { ModelSignature } from '../runs/index.ts';
import { modelOf } from '../runs/index.ts';
import type { ModelCardFacts } from './model-card-facts.ts';
import { markdownOf, paragraph } from './model-card-measured.ts';
import { visible } from './visible-text.ts';

type Port = ModelSignature['inputs'][number];

/** A program that runs as it is: one row of which nothing is known. */
export function useSection({ record }: ModelCardFacts): string {
  const signature = modelOf(record)?.signature;
  if (signature === undefined) return '';
  const inputs = signature.inputs.map((port) => `    ${text(port.name)}: ${emptyValue(port)},`);
  const outputs = signature.outputs.map(({ name }) => text(name)).join(', ');
  const code = [
    'import numpy as np',
    'import onnxruntime',
    '',
    'session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])',
    '# One row, of which nothing is known: an array has a line for each row.',
    'row = {',
    ...inputs,
    '}',
    `print(session.run([${outputs}], row))`,
  ];
  const intro = markdownOf([
    paragraph(
      'It is one ONNX file: rows go in as they stand in the data, for everything that prepares them is inside. ',
      'An unknown number is NaN, an unknown text is empty.',
    ),
  ]);
  return `${intro}\n\`\`\`python\n${code.join('\n')}\n\`\`\`\n`;
}

/** JSON's spelling of a text is Python's, too; what a terminal would obey, or what would end the block, is not in it. */
function text(name: string): string {
  return JSON.stringify(visible(name)).replaceAll('`', '\\u0060');
}

function emptyValue({ type, shape }: Port): string {
  const columns = shape.length < 2 ? undefined : (shape[1] ?? 1);
  const size = shape.length < 2 ? '(1,)' : `(1, ${columns})`;
  switch (type) {
    case 'string':
      return columns === 1 ? 'np.array([[""]], dtype=object)' : `np.full(${size}, "", dtype=object)`;
    case 'double':
    case 'float':
      return columns === 1 && type === 'double'
        ? 'np.array([[np.nan]])'
        : `np.full(${size}, np.nan, dtype=np.${type === 'float' ? 'float32' : 'float64'})`;
    default:
      return `np.zeros(${size}, dtype=np.${type === 'bool' ? 'bool_' : type})`;
  }
}
