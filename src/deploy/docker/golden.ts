import type { GoldenRequest, RowAnswer } from '../../servable/index.ts';

/** The golden requests of a version, for whoever asks a server of it. */
export interface GoldenQuestions {
  readonly model: string;
  readonly version: string;
  readonly requests: readonly GoldenRequest[];
}

const tolerance = 1e-6;
const patienceMs = 10_000;

export interface Asking {
  /** For servers that ask who is there. */
  readonly key: string | undefined;
  readonly sleep: (ms: number) => Promise<void>;
}

const busyTries = 20;
const busyMs = 500;

/**
 * Asks every golden request over HTTP, all of them together as one; what is wrong with the answers, if anything. A
 * server that has too much to do is asked again: that is no other answer.
 */
export async function problemOfAnswers(
  address: string,
  questions: GoldenQuestions,
  { key, sleep }: Asking,
): Promise<string | undefined> {
  if (questions.requests.length === 0) return undefined;
  for (let i = 1; ; i++) {
    const answer = await ask(address, questions, key);
    if (typeof answer === 'string') return answer;
    const isBusy = answer.status === 429 || answer.status === 503;
    if (!isBusy || i === busyTries) return problemOf(answer, questions);
    await sleep(busyMs);
  }
}

interface Answered {
  readonly status: number;
  readonly text: string;
}

/** What came back; as a text, why nothing did. */
async function ask(
  address: string,
  { model, version, requests }: GoldenQuestions,
  key: string | undefined,
): Promise<Answered | string> {
  const path = `/predict/${encodeURIComponent(model)}/versions/${encodeURIComponent(version)}`;
  try {
    const response = await fetch(`http://${address}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(requests.map(({ row }) => row)),
      signal: AbortSignal.timeout(patienceMs),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return `it did not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function problemOf({ status, text }: Answered, { requests }: GoldenQuestions): string | undefined {
  if (status !== 200) return `it answered ${status}: ${text.slice(0, 200)}`;
  const predictions = predictionsOf(text);
  if (predictions === undefined) return `it answered ${text.slice(0, 200)}`;
  for (const [i, { answer }] of requests.entries()) {
    const difference = differenceOf(answer, predictions[i]);
    if (difference !== undefined) return `golden request ${i + 1}: ${difference}`;
  }
  return undefined;
}

function predictionsOf(text: string): readonly unknown[] | undefined {
  try {
    const { predictions } = JSON.parse(text) as { readonly predictions?: unknown };
    return Array.isArray(predictions) ? predictions : undefined;
  } catch {
    return undefined;
  }
}

/** What is otherwise than by rounding. */
export function differenceOf(expected: RowAnswer, found: unknown): string | undefined {
  const answer = (found ?? {}) as {
    readonly label?: unknown;
    readonly value?: unknown;
    readonly probabilities?: Readonly<Record<string, unknown>>;
  };
  const numbers: readonly (readonly [string, number, unknown])[] =
    'value' in expected
      ? [['the value', expected.value, answer.value]]
      : Object.entries(expected.probabilities).map(
          ([name, value]) => [`the probability of ${name}`, value, answer.probabilities?.[name]] as const,
        );
  for (const [name, value, other] of numbers) {
    const isClose =
      typeof other === 'number' && Math.abs(other - value) <= tolerance * Math.max(1, Math.abs(value));
    if (!isClose) return `${name} was ${value} and is ${String(other)}`;
  }
  if ('label' in expected && answer.label !== expected.label)
    return `the label was ${expected.label} and is ${String(answer.label)}`;
  return undefined;
}
