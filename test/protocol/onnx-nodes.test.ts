import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { packageFile } from '../../src/base/index.ts';
import { outlineModel } from '../../src/onnx/outline.ts';
import { dataTypes, loadProto } from '../../src/onnx/proto.ts';
import { createSession } from '../../src/onnx/session.ts';

/** Where the wheel of ONNX keeps the cases of its backend test: a model, inputs and outputs each. */
function casesFolder(): string {
  const environment = process.env['TRAINYARD_PROTOCOL'];
  if (environment === undefined) throw new Error('start this by npm run test:protocol');
  const script =
    "import importlib.util; print(importlib.util.find_spec('onnx').submodule_search_locations[0])";
  const folder = execFileSync(join(environment, 'python'), ['-c', script], { encoding: 'utf8' }).trim();
  return join(folder, 'backend/test/data/node');
}

/** The operators of the graphs that features and estimators become, read off the code that writes them. */
function ourOperators(): ReadonlySet<string> {
  const found = new Set<string>();
  for (const room of ['features', 'train']) {
    const folder = packageFile(`src/${room}/`);
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const text = readFileSync(new URL(file, folder), 'utf8');
      for (const match of text.matchAll(/\.node\(\s*'([A-Za-z]+)'/g)) found.add(match[1]!);
    }
  }
  return found;
}

/** Of the official runner. */
const relative = 1e-3;
const absolute = 1e-7;

const onnx = await loadProto();

function tensorOf(path: string): ort.Tensor | string {
  const { dims = [], dataType, rawData, ...lists } = onnx.TensorProto.decode(readFileSync(path));
  const shape = (dims ?? []).map(Number);
  const raw = Uint8Array.from(rawData ?? []).buffer;
  const has = raw.byteLength > 0;
  switch (dataType) {
    case dataTypes.float:
      return new ort.Tensor(
        'float32',
        has ? new Float32Array(raw) : Float32Array.from(lists.floatData ?? []),
        shape,
      );
    case dataTypes.double:
      return new ort.Tensor(
        'float64',
        has ? new Float64Array(raw) : Float64Array.from(lists.doubleData ?? []),
        shape,
      );
    case dataTypes.int64: {
      const values = has
        ? new BigInt64Array(raw)
        : BigInt64Array.from((lists.int64Data ?? []).map((value) => BigInt(String(value))));
      return new ort.Tensor('int64', values, shape);
    }
    case dataTypes.int32:
      return new ort.Tensor(
        'int32',
        has ? new Int32Array(raw) : Int32Array.from(lists.int32Data ?? []),
        shape,
      );
    case dataTypes.uint8:
      return new ort.Tensor(
        'uint8',
        has ? new Uint8Array(raw) : Uint8Array.from(lists.int32Data ?? []),
        shape,
      );
    case dataTypes.bool:
      return new ort.Tensor(
        'bool',
        has ? new Uint8Array(raw) : Uint8Array.from(lists.int32Data ?? []),
        shape,
      );
    case dataTypes.string:
      return new ort.Tensor(
        'string',
        (lists.stringData ?? []).map((bytes) => Buffer.from(bytes).toString()),
        shape,
      );
    default:
      return `tensors of type ${dataType}, which no graph of ours has`;
  }
}

function difference(found: ort.Tensor, expected: ort.Tensor): string | undefined {
  if (found.type !== expected.type) return `${found.type} instead of ${expected.type}`;
  if (found.dims.join() !== expected.dims.join()) return `shape ${found.dims} instead of ${expected.dims}`;
  const values = expected.data as ArrayLike<number | bigint | string>;
  for (let i = 0; i < values.length; i++) {
    const [one, other] = [(found.data as typeof values)[i], values[i]];
    if (one === other || Object.is(one, other)) continue;
    const near = Math.abs(Number(one) - Number(other)) <= absolute + relative * Math.abs(Number(other));
    if (typeof one !== 'number' || !near) return `${String(one)} instead of ${String(other)}`;
  }
  return undefined;
}

/** Why a case does not apply, or how it failed, or nothing. */
async function run(
  folder: string,
  operators: ReadonlySet<string>,
): Promise<{ skipped?: string; failed?: string } | undefined> {
  const bytes = readFileSync(join(folder, 'model.onnx'));
  const { nodes, inputs, outputs } = outlineModel(bytes);
  if (!nodes.some(({ operator }) => operators.has(operator))) return undefined;
  const other = nodes.find(({ operator }) => !operators.has(operator));
  if (other !== undefined) return { skipped: 'beside it stand operators that our graphs do not use' };
  const session = await createSession(bytes, 1);
  if (!session.ok) {
    const { message } = session.failure;
    if (/NOT_IMPLEMENTED|Could not find an implementation|opset|not supported/i.test(message))
      return { skipped: 'ONNX Runtime has no kernel for its types or version' };
    return /invalid|type/i.test(message) && nodes.some(({ operator }) => operator === 'Cast')
      ? { skipped: 'tensors of types which no graph of ours has' }
      : { failed: message };
  }
  try {
    for (const set of readdirSync(folder).filter((name) => name.startsWith('test_data_set'))) {
      const read = (name: string, values: typeof inputs): (readonly [string, ort.Tensor | string])[] =>
        readdirSync(join(folder, set))
          .filter((file) => file.startsWith(name))
          .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
          .map((file, i) => [values[i]!.name, tensorOf(join(folder, set, file))] as const);
      const given = read('input', inputs);
      const wanted = read('output', outputs);
      const odd = [...given, ...wanted].find(([, tensor]) => typeof tensor === 'string');
      if (odd !== undefined) return { skipped: String(odd[1]) };
      const answer = await session.value.run(Object.fromEntries(given) as ort.InferenceSession.FeedsType);
      for (const [name, expected] of wanted) {
        const problem = difference(answer[name]!, expected as ort.Tensor);
        if (problem !== undefined) return { failed: `${name}: ${problem}` };
      }
    }
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  } finally {
    await session.value.release();
  }
  return {};
}

/** Cases that ONNX Runtime itself fails, with the reason. */
const known: Readonly<Record<string, string>> = {};

describe("ONNX's backend tests for the operators of our graphs", () => {
  it('pass in the runtime that serves, read by our reader of models', async () => {
    const operators = ourOperators();
    expect(operators.size).toBeGreaterThan(15);
    const folder = casesFolder();
    const passed: string[] = [];
    const failures: string[] = [];
    const skipped = new Map<string, number>();
    for (const name of readdirSync(folder).sort()) {
      const result = await run(join(folder, name), operators);
      if (result === undefined) continue;
      if (result.skipped !== undefined) skipped.set(result.skipped, (skipped.get(result.skipped) ?? 0) + 1);
      else if (result.failed === undefined) passed.push(name);
      else if (known[name] !== undefined) skipped.set(known[name], (skipped.get(known[name]) ?? 0) + 1);
      else failures.push(`${name}: ${result.failed}`);
    }
    const reasons = [...skipped].map(([reason, count]) => `  ${count} do not apply: ${reason}`);
    process.stdout.write(
      `${operators.size} operators; ${passed.length} cases pass, ${failures.length} fail\n${reasons.join('\n')}\n`,
    );
    expect(failures).toEqual([]);
    expect(passed.length).toBeGreaterThanOrEqual(90);
  });
});
