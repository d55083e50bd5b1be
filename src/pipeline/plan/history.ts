import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { Digest } from '../../base/index.ts';
import { digestOfBytes } from '../../base/index.ts';
import type { Reason, StepId } from '../plan.ts';
import type { Inputs } from './fingerprint.ts';
import { writeIfPossible } from './write-whole.ts';

/** What a step was made of when it last ended well. */
export interface PastStep {
  readonly id: StepId;
  readonly fingerprint: Digest;
  readonly inputs: Inputs;
  /** Why it ran then, the last time that it ran; empty when it is not known. */
  readonly reasons: readonly Reason[];
}

/** The steps of a pipeline as they last ended well; losing it loses explanations only. */
export interface History {
  get(step: StepId): PastStep | undefined;
}

interface Header {
  readonly version: 1;
  /** Of the fingerprints of all steps: tells without reading on that nothing has changed. */
  readonly digest: Digest;
}

/** One line of JSON for the header, then one for each step, so that a look at one step parses one line. */
export function openHistory(file: string): History {
  let lines: ReadonlyMap<StepId, string> | undefined;
  return {
    get: (step) => {
      lines ??= readLines(file);
      return parse(lines.get(step));
    },
  };
}

/**
 * Writes what `stepOf` gives for each id. When every fingerprint is known beforehand and they are those that were
 * written last, nothing is read or written.
 */
export async function saveHistory(
  file: string,
  ids: readonly StepId[],
  stepOf: (id: StepId) => PastStep | undefined,
  fingerprints?: readonly Digest[],
): Promise<void> {
  if (fingerprints !== undefined && headerOf(file)?.digest === digestOf(ids, fingerprints)) return;
  const steps = ids.flatMap((id) => stepOf(id) ?? []);
  const header: Header = {
    version: 1,
    digest: digestOf(
      steps.map(({ id }) => id),
      steps.map(({ fingerprint }) => fingerprint),
    ),
  };
  const lines = steps.map((step) => `${JSON.stringify(step.id)}\t${JSON.stringify(step)}`);
  await writeIfPossible(file, [JSON.stringify(header), ...lines, ''].join('\n'));
}

function digestOf(ids: readonly StepId[], fingerprints: readonly Digest[]): Digest {
  return digestOfBytes(ids.map((id, i) => `${id} ${fingerprints[i]}\n`).join(''));
}

const headerLimit = 512;

function headerOf(file: string): Header | undefined {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(headerLimit);
      const length = readSync(descriptor, bytes, 0, headerLimit, 0);
      return headerIn(bytes.toString('utf8', 0, length));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

function headerIn(text: string): Header | undefined {
  const header = JSON.parse(text.slice(0, text.indexOf('\n'))) as Header;
  return header.version === 1 ? header : undefined;
}

function readLines(file: string): ReadonlyMap<StepId, string> {
  try {
    const text = readFileSync(file, 'utf8');
    if (headerIn(text) === undefined) return new Map();
    const lines = text.split('\n').slice(1, -1);
    return new Map(
      lines.map((line) => {
        const tab = line.indexOf('\t');
        return [JSON.parse(line.slice(0, tab)) as string, line.slice(tab + 1)];
      }),
    );
  } catch {
    return new Map();
  }
}

function parse(line: string | undefined): PastStep | undefined {
  if (line === undefined) return undefined;
  try {
    return JSON.parse(line) as PastStep;
  } catch {
    return undefined;
  }
}
