import { performance } from 'node:perf_hooks';
import type { Failure, Result } from '../base/index.ts';
import { failed, success } from '../base/index.ts';
import type { RowProblem } from '../contract/index.ts';
import type { Prediction } from '../onnx/index.ts';
import type { Row, Servable } from '../servable/index.ts';
import { answeringVersion } from './answering-version.ts';
import type { Answered } from './engine.ts';
import type { RequestProblem, ServeFailure } from './failures.ts';
import { serveFailure } from './failures.ts';
import type { AnswerRole, Choice, Fleet, ServedVersion } from './fleet.ts';
import { membersBeyond } from './http/read-json.ts';
import { modelAbsent, versionUnknown } from './model-absent.ts';
import type { AnswerEvent, Observer } from './observer.ts';
import { takeSameRequests } from './same-requests.ts';

/** Rows that want an answer, of whatever protocol. */
export interface RowsRequest {
  readonly requestId: string;
  readonly protocol: AnswerEvent['protocol'];
  readonly model: string;
  /** The version that the request names; without it, the fleet chooses. */
  readonly version?: string;
  /** Parsed, not checked. */
  readonly rows: readonly unknown[];
  readonly header: (name: string) => string | undefined;
  /** On the monotonic clock, in milliseconds. */
  readonly arrived: number;
}

export interface AnsweredRows {
  readonly version: ServedVersion;
  readonly role: AnswerRole;
  readonly prediction: Prediction;
  readonly firstRow: number;
}

export interface AnsweringWorld {
  readonly fleet: Fleet;
  readonly observers: readonly Observer[];
  readonly limits: ServingLimits;
  readonly now: () => number;
}

export interface ServingLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
  readonly timeoutMs: number;
}

const problemsShown = 20;
/** The sentence names these, `problems` more. */
const problemsInMessage = 5;
/** Milliseconds for which rows are checked in one turn of the event loop. */
const checkingTime = 4;
/** Rows after which somebody looks at the clock. */
const rowsAtOnce = 16;
/** Characters of the name of a member that is no column. */
const nameShown = 100;

/** The one way from rows to answers: choose who answers, check the rows by its contract, ask, tell the observers. */
export async function answerRows(
  request: RowsRequest,
  world: AnsweringWorld,
): Promise<Result<AnsweredRows, ServeFailure>> {
  const { fleet } = world;
  const model = fleet.model(request.model);
  if (model === undefined) {
    return failed(modelAbsent(fleet, request.model));
  }
  const { rows } = request;
  const limits = model.limits === undefined ? world.limits : { ...world.limits, ...model.limits };
  if (rows.length === 0) return failed(serveFailure('serve-rows-none', 'The request has no rows'));
  if (rows.length > limits.maxRows) {
    return failed(
      serveFailure(
        'serve-rows-too-many',
        `The request has ${rows.length} rows, and at most ${limits.maxRows} are taken`,
      ),
    );
  }
  const first = rows[0] as Readonly<Record<string, unknown>> | null;
  const choice =
    request.version === undefined
      ? model.choose({
          header: request.header,
          column: (name) =>
            typeof first === 'object' && first !== null && Object.hasOwn(first, name)
              ? first[name]
              : undefined,
          requestId: request.requestId,
        })
      : named(model.versions.get(request.version));
  if (choice === undefined) {
    return failed(versionUnknown(model.name));
  }
  const within = limits === world.limits ? world : { ...world, limits };
  const checking = checkRows(rows, choice.version.engine.servable, request.arrived + limits.timeoutMs);
  const checked = checking instanceof Promise ? await checking : checking;
  const answer = await ask(request, checked, choice, within);
  if (choice.shadows.length > 0 && isWorthACopy(answer)) {
    for (const shadow of choice.shadows) {
      if (shadow.engine.takesCopy?.(rows.length) !== false) {
        void copy(request, checked, shadow, choice.version, within);
        continue;
      }
      const { model: name, protocol } = request;
      for (const observer of world.observers) observer.dropped?.({ model: name, shadow, protocol });
    }
  }
  return answer;
}

/** Who has more than can be answered does not also ask shadows. */
function isWorthACopy(answer: Result<AnsweredRows, ServeFailure>): boolean {
  return answer.ok || (answer.failure.code !== 'serve-overloaded' && answer.failure.code !== 'serve-timeout');
}

/**
 * Asks a shadow, for the observers alone. A request that was found to break the contract of both is none. Nobody waits
 * for it, so what goes wrong here, a bug too, is nobody's failure.
 */
async function copy(
  request: RowsRequest,
  checked: CheckedRows,
  shadow: ServedVersion,
  answering: ServedVersion,
  world: AnsweringWorld,
): Promise<void> {
  const { servable } = shadow.engine;
  const isSame = takeSameRequests(servable, answering.engine.servable);
  if (isSame && checked.problems.length > 0) return;
  try {
    const deadline = request.arrived + world.limits.timeoutMs;
    const rows = isSame ? checked : await checkRows(request.rows, servable, deadline);
    await ask(request, rows, { version: shadow, role: 'shadow' }, world);
  } catch {
    // A bug: the request itself was answered, and the next one will be.
  }
}

function named(version: ServedVersion | undefined): Choice | undefined {
  return version === undefined ? undefined : { version, role: 'named', shadows: [] };
}

/** Rows with what is wrong with them; without problems, their cells. */
interface CheckedRows {
  readonly problems: readonly RequestProblem[];
  readonly cells: readonly (number | string)[];
  /** The time was over before all of them were checked. */
  readonly isLate?: boolean;
}

/**
 * Requests that take long to check are checked in parts, and others get their turn in between: thousands of rows take
 * milliseconds. Nobody waits for rows any more when the time of the request is over.
 */
function checkRows(
  rows: readonly unknown[],
  servable: Servable,
  deadline: number,
): CheckedRows | Promise<CheckedRows> {
  const checked = { problems: [], cells: [], next: 0 };
  checkPart(rows, servable, checked);
  return checked.next < rows.length ? checkOtherParts(rows, servable, { checked, deadline }) : checked;
}

async function checkOtherParts(
  rows: readonly unknown[],
  servable: Servable,
  { checked, deadline }: { readonly checked: CheckingRows; readonly deadline: number },
): Promise<CheckedRows> {
  while (checked.next < rows.length) {
    await new Promise((resolve) => setImmediate(resolve));
    if (performance.now() > deadline) return { ...checked, isLate: true };
    checkPart(rows, servable, checked);
  }
  return checked;
}

interface CheckingRows {
  readonly problems: RequestProblem[];
  readonly cells: (number | string)[];
  /** The first row that was not checked. */
  next: number;
}

function checkPart(rows: readonly unknown[], servable: Servable, checked: CheckingRows): void {
  const { problems, cells } = checked;
  const began = rows.length > rowsAtOnce ? performance.now() : 0;
  while (checked.next < rows.length) {
    if (problems.length >= problemsShown) {
      checked.next = rows.length;
      return;
    }
    const row = checked.next++;
    const found = rowProblems(servable, rows[row]);
    if (found.length > 0) problems.push(...found.map((problem) => ({ ...problem, row })));
    else if (problems.length === 0) servable.cellsOf(rows[row] as Row, cells);
    if (checked.next % rowsAtOnce === 0 && performance.now() - began > checkingTime) return;
  }
}

async function ask(
  request: RowsRequest,
  { problems, cells, isLate }: CheckedRows,
  { version, role, variant }: Omit<Choice, 'shadows'>,
  { limits, observers, now }: AnsweringWorld,
): Promise<Result<AnsweredRows, ServeFailure>> {
  const { rows } = request;
  const answer =
    problems.length > 0
      ? failed(rowInvalid(problems))
      : isLate === true
        ? failed(serveFailure('serve-timeout', `There was no answer within ${limits.timeoutMs} ms`))
        : withNumbers(
            await version.engine.infer({ rows: rows.length, cells }, request.arrived + limits.timeoutMs),
            rows.length,
          );
  const event: AnswerEvent = {
    requestId: request.requestId,
    model: request.model,
    version,
    role,
    ...(variant === undefined ? {} : { variant }),
    protocol: request.protocol,
    rows: rows as readonly Row[],
    firstRow: answer.ok ? answer.value.firstRow : 0,
    ...(answer.ok
      ? { prediction: answer.value.prediction }
      : { failure: { ...answer.failure, version: answeringVersion(version) } }),
    time: now(),
    latency: performance.now() - request.arrived,
  };
  for (const observer of observers) observer.answered(event);
  for (const observer of observers) {
    const settled = observer.settled?.(event);
    const lost = settled === undefined ? undefined : await settled;
    if (lost !== undefined && answer.ok) return failed({ ...lost, version: answeringVersion(version) });
  }
  if (!answer.ok) return failed(event.failure!);
  return success({ version, role, ...answer.value });
}

/** Rules that a row breaks. Of rows with far more members than there are columns, only that: each would be a problem. */
function rowProblems(servable: Servable, row: unknown): readonly RowProblem[] {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) {
    const { length } = servable.manifest.columns;
    if (Object.keys(row).length > length + membersBeyond)
      return [{ rule: 'columns', expected: `at most ${length + membersBeyond} members` }];
  }
  const problems = servable.check(row);
  if (problems.length === 0) return problems;
  return problems.map((problem) =>
    problem.column === undefined || problem.column.length <= nameShown
      ? problem
      : { ...problem, column: `${problem.column.slice(0, nameShown)}…` },
  );
}

/** Models make NaN and infinity of numbers that are too large for them: that is no answer. */
function withNumbers(answer: Result<Answered, ServeFailure>, rows: number): Result<Answered, ServeFailure> {
  if (!answer.ok) {
    const cause = answer.failure.cause as Failure | undefined;
    return cause?.code === 'onnx-probabilities-invalid' ? failed(unanswerable()) : answer;
  }
  const { prediction, firstRow } = answer.value;
  if (prediction.task !== 'regression') return answer;
  for (let row = 0; row < rows; row++)
    if (!Number.isFinite(prediction.values[firstRow + row]!)) return failed(unanswerable(row));
  return answer;
}

function unanswerable(row?: number): ServeFailure {
  const what = row === undefined ? 'a row of the request' : `row ${row}`;
  const message = `The model has no number for ${what}: values in it are larger than it can take`;
  return serveFailure('serve-row-unanswerable', message);
}

function rowInvalid(problems: readonly RequestProblem[]): ServeFailure {
  const shown = problems.slice(0, problemsShown);
  const sentences = shown.slice(0, problemsInMessage).map(({ row, column, expected }) => {
    const where = column === undefined ? `row ${row}` : `${column} of row ${row}`;
    return `${where}: expected ${expected}`;
  });
  const more = shown.length - sentences.length;
  const message = `${sentences.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
  return serveFailure('serve-row-invalid', message, { problems: shown });
}
