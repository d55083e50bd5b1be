import type { GoldenRequest, RowAnswer } from '../../servable/index.ts';

/** The golden requests of a version, for whoever asks a server of it. */
export interface GoldenQuestions {
  readonly model: string;
  readonly version: string;
  readonly requests: readonly GoldenRequest[];
}

const tolerance = 1e-6;
const patienceMs = 10_000;

/** Asks every golden request over HTTP, all of them together as one; what is wrong with the answers, if anything. */
export async function problemOfAnswers(
  address: string,
  { model, version, requests }: GoldenQuestions,
  key: string | undefined,
): Promise<string | undefined> {
  if (requests.length === 0) return undefined;
  const path = `/predict/${encodeURIComponent(model)}/versions/${encodeURIComponent(version)}`;
  let status: number;
  let text: string;
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
    status = response.status;
    text = await response.text();
  } catch (error) {
    return `it did not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
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
