import type { Failure, Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import type { DatasetSpec } from '../../data/index.ts';
import type { Pipeline } from '../../pipeline/index.ts';
import { addressProblem, isBelowPrefix, pipelineNames, receivedBytes } from '../../pipeline/index.ts';
import { pipelineUnknown } from '../failures.ts';
import { openPipeline } from '../open-project.ts';
import { addressRefused, receiveAmbiguous, receiveForbidden } from './failures.ts';
import type { DispatchPayload, SentData } from './payload.ts';

/** Who takes what was sent: pipelines of which one dataset are the same files. */
export interface Receiver {
  readonly pipelines: readonly string[];
  readonly dataset: DatasetSpec;
  /** Of what an address gives. */
  readonly mostBytes: number;
  /** Whether an address may be opened: all pipelines allow it. */
  readonly mayOpen: (address: string) => boolean;
}

/** The pipelines of a project that take this, when each of them allows it; a payload never widens what files say. */
export async function findReceiver(
  root: string,
  { pipelines, data }: DispatchPayload & { readonly data: SentData },
): Promise<Result<Receiver, readonly Failure[]>> {
  const { dataset, from } = data;
  const known = pipelineNames(root);
  const unknown = pipelines.filter((name) => !known.includes(name));
  if (unknown.length > 0) return failed(unknown.map((name) => pipelineUnknown(name, known)));
  const wanted = pipelines.length > 0 ? [...new Set(pipelines)] : known;
  const found: Pipeline[] = [];
  for (const name of wanted) {
    const pipeline = await openPipeline(root, name);
    if (!pipeline.ok) return pipeline;
    if (allowedOf(pipeline.value, dataset) !== undefined) found.push(pipeline.value);
  }
  const names = found.map(({ file }) => file.name);
  const what = from.kind === 'rows' ? 'rows' : 'addresses';
  if (found.length === 0) return failed([receiveForbidden(dataset, 'rows', pipelines)]);
  const specs = found.map(({ datasets }) => datasets.get(dataset)!);
  if (new Set(specs.map(({ path, contract }) => `${path}\0${contract}`)).size > 1) {
    return failed([receiveAmbiguous(dataset, names)]);
  }
  const allowed = found.map((pipeline) => allowedOf(pipeline, dataset)!);
  const closed = found.filter((_, i) =>
    from.kind === 'rows' ? allowed[i]!.rows !== true : allowed[i]!.addresses === undefined,
  );
  if (closed.length > 0) {
    return failed([
      receiveForbidden(
        dataset,
        what,
        closed.map(({ file }) => file.name),
      ),
    ]);
  }
  const mayOpen = (address: string): boolean =>
    addressProblem(address) === undefined &&
    allowed.every(({ addresses = [] }) => isBelowPrefix(address, addresses));
  if (from.kind === 'address') {
    const problem = addressProblem(from.address);
    if (problem !== undefined) return failed([addressRefused(problem)]);
    if (!mayOpen(from.address)) {
      return failed([addressRefused('it is below no address that the pipeline file allows')]);
    }
  }
  return success({
    pipelines: names,
    dataset: specs[0]!,
    mostBytes: Math.min(...allowed.map((each) => receivedBytes(each['max-size']))),
    mayOpen,
  });
}

function allowedOf({ file }: Pipeline, dataset: string): Allowed | undefined {
  const data = file.on?.dispatch?.data;
  return data !== undefined && Object.hasOwn(data, dataset) ? data[dataset] : undefined;
}

type Allowed = NonNullable<
  NonNullable<NonNullable<NonNullable<Pipeline['file']['on']>['dispatch']>['data']>[string]
>;
