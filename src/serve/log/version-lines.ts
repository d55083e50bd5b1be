import { createHmac } from 'node:crypto';
import type { ColumnContract } from '../../contract/index.ts';
import { labelValues } from '../../servable/index.ts';
import type { ServedVersion } from '../fleet.ts';
import type { Entry, VersionLines } from './entry.ts';
import type { LoggedColumn, VersionLine } from './line.ts';
import { lineVersion } from './line.ts';

/** What may be kept of rows: `hashKey` set means that personal columns are hashed with it, else they are dropped. */
export interface Privacy {
  readonly hashKey?: string;
}

type WriteValue = (value: unknown) => string;

export function versionLines(model: string, version: ServedVersion, privacy: Privacy): VersionLines {
  const { manifest, info } = version.engine.servable;
  const { run, commit } = manifest.lineage;
  const kept = manifest.columns.filter(({ personal }) => !personal || privacy.hashKey !== undefined);
  const writers = kept.map((column): readonly [string, string, WriteValue] => [
    column.name,
    `${JSON.stringify(column.name)}:`,
    writerOf(column, privacy),
  ]);
  const identity = {
    model,
    version: version.name,
    digest: manifest.digest,
    ...(run === undefined ? {} : { run }),
    ...(commit === undefined ? {} : { commit }),
  };
  const head = `{"kind":"answer","v":${lineVersion},${JSON.stringify(identity).slice(1, -1)}`;
  const labels = labelValues(info.classes).map((label) => `,"prediction":{"label":${JSON.stringify(label)},`);
  const classes = info.classes.map((name) => `${JSON.stringify(name)}:`);
  const unbounded = manifest.columns.filter(isUnbounded).map(({ name }) => name);

  const inputText = (row: Readonly<Record<string, unknown>>): string => {
    let text = '';
    for (let i = 0; i < writers.length; i++) {
      const [name, key, write] = writers[i]!;
      // What a row only inherits is no scalar, and so nothing to write.
      const written = write(row[name]);
      if (written !== '') text += text === '' ? key + written : `,${key}${written}`;
    }
    return text;
  };
  const predictionText = ({ values, labels: chosen }: Entry, row: number): string => {
    if (values === undefined) return '';
    if (chosen === undefined) return `,"prediction":{"value":${values[row]!}}`;
    let text = `${labels[chosen[row]!]!}"probabilities":{`;
    for (let c = 0; c < classes.length; c++) {
      text += `${c === 0 ? '' : ','}${classes[c]!}${values[row * classes.length + c]!}`;
    }
    return `${text}}}`;
  };
  return {
    description: (time) => {
      const columns = kept.map(
        ({ name, type, personal }): LoggedColumn => ({ name, type, ...(personal ? { hashed: true } : {}) }),
      );
      const line: VersionLine = {
        kind: 'version',
        v: lineVersion,
        time: new Date(time).toISOString(),
        ...identity,
        columns,
        ...(info.task === 'classification' ? { classes: info.classes } : {}),
        personal: privacy.hashKey === undefined ? 'drop' : 'hash',
      };
      return `${JSON.stringify(line)}\n`;
    },
    line: (entry, row) =>
      entry.values === undefined
        ? `${head}${requestText(entry)}}\n`
        : `${head}${requestText(entry)},"row":${row},"input":{${inputText(entry.rows[row]!)}}${predictionText(entry, row)}}\n`,
    extraBytes: (rows) => {
      if (unbounded.length === 0) return 0;
      let bytes = 0;
      for (const row of rows) {
        for (const name of unbounded) {
          const value = row[name];
          if (typeof value === 'string') bytes += value.length;
        }
      }
      return bytes;
    },
  };
}

/** For requests that failed before a version was chosen. */
export function noVersionLines(model: string): VersionLines {
  const head = `{"kind":"answer","v":${lineVersion},"model":${JSON.stringify(model)}`;
  return {
    description: () => '',
    line: (entry) => `${head}${requestText(entry)}}\n`,
    extraBytes: () => 0,
  };
}

/** The members that every request has of its own, whatever became of it. */
function requestText(entry: Entry): string {
  const { requestId, role, variant, protocol, rowCount, time, latency, status, code } = entry;
  return (
    `,"request":${JSON.stringify(requestId)},"time":"${isoTime(time)}","role":"${role}"` +
    `${variant === undefined ? '' : `,"variant":${JSON.stringify(variant)}`},"protocol":"${protocol}","rows":${rowCount}` +
    `,"latency":${Math.round(latency * 1000) / 1000},"status":${status}${code === undefined ? '' : `,"code":"${code}"`}`
  );
}

let lastTime = Number.NaN;
let lastText = '';

/** Many requests share a millisecond. */
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastText = new Date(time).toISOString();
  }
  return lastText;
}

function writerOf({ personal, enum: allowed }: ColumnContract, { hashKey }: Privacy): WriteValue {
  if (personal) return hashed(hashKey!);
  if (allowed === undefined) return valueText;
  const texts = new Map<unknown, string>(allowed.map((value) => [value, valueText(value)]));
  return (value) => texts.get(value) ?? valueText(value);
}

/** Empty for what JSON cannot write: it is as good as missing. */
function valueText(value: unknown): string {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? `${value}` : '';
    case 'string':
      return JSON.stringify(value);
    case 'boolean':
    case 'bigint':
      return `${value}`;
    default:
      return '';
  }
}

/** The same value has the same hash in every column and model that shares the key; without the key it cannot be found. */
function hashed(key: string): WriteValue {
  return (value) =>
    valueText(value) === '' ? '' : `"${createHmac('sha256', key).update(String(value)).digest('hex')}"`;
}

function isUnbounded({ type, enum: allowed, maxLength }: ColumnContract): boolean {
  return type === 'string' && allowed === undefined && (maxLength === undefined || maxLength > 256);
}
