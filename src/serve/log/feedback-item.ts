import type { Result } from '../../base/index.ts';
import { failed, success } from '../../base/index.ts';
import { momentOf } from '../../contract/index.ts';
import { labelValues } from '../../servable/index.ts';
import type { Fleet, ServedModel } from '../fleet.ts';
import type { LabelLine } from './line.ts';
import { lineVersion } from './line.ts';

/** What is wrong with one item of a feedback, without its values. */
export interface ItemError {
  readonly code: 'shape' | 'request' | 'row' | 'label' | 'time' | 'model' | 'log-off';
  readonly message: string;
}

export interface ItemWorld {
  readonly fleet: Pick<Fleet, 'model' | 'models'>;
  /** Of the path; without it an item names its model, unless there is only one. */
  readonly model: string | undefined;
  /** Milliseconds since 1970. */
  readonly time: number;
}

const members = new Set(['request', 'row', 'label', 'time', 'model']);
const requestPattern = /^[A-Za-z0-9._:+/=-]{1,128}$/;
const largestRow = 1_000_000;

/** Reads one item: what it says must be possible for its model, whether or not its request was answered here. */
export function readFeedbackItem(value: unknown, world: ItemWorld): Result<LabelLine, ItemError> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong('shape', 'expected an object with the members request, label, and perhaps row, time, model');
  const item = value as Readonly<Record<string, unknown>>;
  if (Object.keys(item).some((name) => !members.has(name)))
    return wrong('shape', 'it has a member that is none of request, row, label, time, model');
  const { request, row = 0, label, time } = item;
  if (typeof request !== 'string' || !requestPattern.test(request))
    return wrong('request', 'request: expected the id of a request, as its answer said it');
  if (typeof row !== 'number' || !Number.isInteger(row) || row < 0 || row >= largestRow)
    return wrong('row', 'row: expected a whole number from 0');
  const model = modelOf(item['model'], world);
  if (!model.ok) return model;
  const read = labelOf(label, model.value);
  if (!read.ok) return read;
  const known = time === undefined || time === null ? undefined : timeOf(time);
  if (known === null) return wrong('time', 'time: expected a time in ISO 8601');
  return success({
    kind: 'label',
    v: lineVersion,
    time: new Date(world.time).toISOString(),
    request,
    row,
    model: model.value.name,
    label: read.value,
    ...(known === undefined ? {} : { known }),
  });
}

function modelOf(named: unknown, { fleet, model }: ItemWorld): Result<ServedModel, ItemError> {
  if (named !== undefined && (typeof named !== 'string' || (model !== undefined && named !== model)))
    return wrong('model', 'model: expected the model of the path');
  const name = model ?? named;
  if (name === undefined) {
    const [only, ...others] = fleet.models();
    if (only !== undefined && others.length === 0) return success(only);
    return wrong('model', 'model: it has to be named, unless only one is served');
  }
  const found = fleet.model(name);
  return found === undefined ? wrong('model', 'model: it is not served here') : success(found);
}

/** A class that some version of the model knows, or the number of a regression. */
function labelOf(label: unknown, model: ServedModel): Result<string | number, ItemError> {
  let classes: readonly string[] = [];
  for (const { engine } of new Set([model.served, ...model.versions.values()])) {
    const { info } = engine.servable;
    if (info.task === 'regression') {
      if (typeof label === 'number' && Number.isFinite(label)) return success(label);
      return wrong('label', 'label: expected a number');
    }
    classes = info.classes;
    const at = ['string', 'number', 'boolean'].includes(typeof label) ? classes.indexOf(String(label)) : -1;
    if (at >= 0) return success(labelValues(classes)[at]!);
  }
  const shown = classes.length <= 20 ? `one of ${classes.join(', ')}` : `one of ${classes.length} classes`;
  return wrong('label', `label: expected ${shown}`);
}

function timeOf(time: unknown): string | null {
  if (typeof time !== 'string') return null;
  // Seconds may be left out here, as ISO 8601 allows.
  const moment = momentOf(time.replace(/^(.{10}[T ]\d\d:\d\d)(?=$|Z|[+-])/, '$1:00'));
  return moment === undefined ? null : new Date(Math.floor(moment)).toISOString();
}

function wrong(
  code: ItemError['code'],
  message: string,
): { readonly ok: false; readonly failure: ItemError } {
  return failed({ code, message });
}
