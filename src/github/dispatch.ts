import type { Json, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { GithubAccess, Question, Write } from './access.ts';
import { write } from './access.ts';
import type { GithubFailure } from './failures.ts';
import { maybeDone, refused, tooLarge } from './failures.ts';

/** What GitHub takes along: of a payload or of all inputs together, as JSON. */
const mostBytes = 65_535;
const mostFields = 10;
const mostInputs = 25;
const mostOfEvent = 100;

export interface RepositoryDispatch {
  /** `types:` of the workflows that listen, at most 100 characters. */
  readonly event: string;
  /** At most 10 fields and 65,535 bytes of JSON: larger data goes by address. */
  readonly payload: Readonly<Record<string, Json>>;
}

/** Starts the workflows of the default branch that listen to an event. Sent once: twice would start them twice. */
export async function dispatchRepository(
  access: GithubAccess,
  { event, payload }: RepositoryDispatch,
): Promise<Result<void, GithubFailure>> {
  const place = `the event ${event.slice(0, mostOfEvent)} at ${access.repository}`;
  if (event === '' || event.length > mostOfEvent) {
    return failed(refused(place, `the name of an event has 1 to ${mostOfEvent} characters`));
  }
  const fields = Object.keys(payload).length;
  if (fields > mostFields) return failed(tooLarge(`a payload of ${fields} fields, ${mostFields} at most,`));
  if (bytesOf(payload) > mostBytes) return failed(tooLarge(`a payload of more than ${mostBytes} bytes`));
  const written = await write(access, {
    place,
    needs: 'contents: write',
    method: 'POST',
    url: `${access.root}/dispatches`,
    body: { event_type: event, client_payload: payload },
  });
  return once(written, { place });
}

export interface WorkflowDispatch {
  /** Its file's name: `train.yml`. */
  readonly workflow: string;
  /** A branch or a tag. */
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
}

/** Starts one workflow by its `workflow_dispatch`. Sent once: twice would start it twice. */
export async function dispatchWorkflow(
  access: GithubAccess,
  { workflow, ref, inputs }: WorkflowDispatch,
): Promise<Result<void, GithubFailure>> {
  const place = `the workflow ${workflow} of ${access.repository} at ${ref}`;
  const fields = Object.keys(inputs).length;
  if (fields > mostInputs)
    return failed(tooLarge(`a workflow with ${fields} inputs, ${mostInputs} at most,`));
  if (bytesOf(inputs) > mostBytes) return failed(tooLarge(`inputs of more than ${mostBytes} bytes`));
  const written = await write(access, {
    place,
    needs: 'actions: write',
    method: 'POST',
    url: `${access.root}/actions/workflows/${encodeURIComponent(workflow)}/dispatches`,
    body: { ref, inputs },
  });
  return once(written, { place });
}

function once(
  written: Result<Write, GithubFailure>,
  { place }: Pick<Question, 'place'>,
): Result<void, GithubFailure> {
  if (!written.ok) return written;
  switch (written.value.kind) {
    case 'done':
      return success(undefined);
    case 'unclear':
      return failed(maybeDone(`started ${place}`, written.value.failure.message, written.value.failure));
    case 'gone':
    case 'refused':
      return failed(written.value.failure);
  }
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
