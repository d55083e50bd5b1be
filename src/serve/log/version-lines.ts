import type { ColumnContract } from '../../contract/index.ts';
import { labelValues } from '../../servable/index.ts';
import type { ServedVersion } from '../fleet.ts';
import type { Identity, Place } from './answer-table.ts';
import { addAnswer, addFacts, addPart } from './answer-table.ts';
import type { Entry, VersionLines } from './entry.ts';
import type { Privacy } from './fields.ts';
import { fieldOf } from './fields.ts';
import type { LoggedColumn } from './line.ts';
import { lineVersion } from './line.ts';

export function versionLines(model: string, version: ServedVersion, privacy: Privacy): VersionLines {
  const { manifest, info } = version.engine.servable;
  const { run, commit } = manifest.lineage;
  const kept = manifest.columns.filter(({ personal }) => !personal || privacy.hashKey !== undefined);
  const fields = kept.map((column, index) => fieldOf({ column, index, privacy }));
  const identity = {
    model,
    version: version.name,
    digest: manifest.digest,
    ...(run === undefined ? {} : { run }),
    ...(commit === undefined ? {} : { commit }),
  } satisfies Identity;
  const requestText = requestTexts(identity);
  const labels = labelValues(info.classes).map((label) => `,"prediction":{"label":${JSON.stringify(label)},`);
  const classes = info.classes.map((name) => `${JSON.stringify(name)}:`);
  const unbounded = manifest.columns.filter(isUnbounded).map(({ name }) => name);

  const inputText = (row: Readonly<Record<string, unknown>>, place: Place | undefined): string => {
    let text = '';
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i]!;
      // What a row only inherits is no scalar, and so nothing to write.
      const member = field.write(row[field.name], place);
      text += text === '' ? member.slice(1) : member;
    }
    return text;
  };
  const predictionText = (entry: Entry, row: number, place: Place | undefined): string => {
    const { values, labels: chosen } = entry;
    const at = entry.firstRow + row;
    if (chosen === undefined) {
      const value = values![at]!;
      if (place !== undefined) place.part.values!.values[place.at] = value + 0;
      return `,"prediction":{"value":${value}}`;
    }
    const label = chosen[at]!;
    if (place !== undefined) place.part.labels!.values[place.at] = label;
    let text = `${labels[label]!}"probabilities":{`;
    for (let c = 0; c < classes.length; c++) {
      const value = values![at * classes.length + c]!;
      if (place !== undefined) place.part.probabilities[c]!.values[place.at] = value + 0;
      text += `${c === 0 ? '' : ','}${classes[c]!}${value}`;
    }
    return `${text}}}`;
  };
  return {
    describe: (time) => ({
      kind: 'version',
      v: lineVersion,
      time: new Date(time).toISOString(),
      ...identity,
      columns: kept.map(
        ({ name, type, personal }): LoggedColumn => ({ name, type, ...(personal ? { hashed: true } : {}) }),
      ),
      ...(info.task === 'classification' ? { classes: info.classes } : {}),
      personal: privacy.hashKey === undefined ? 'drop' : 'hash',
    }),
    partOf: (table, described) => {
      const lists = fields.map(({ list }) => list);
      return addPart(table, { identity, ...(described === undefined ? {} : { described, lists }) });
    },
    line: (entry, row, gathering) => {
      const request = requestText(entry);
      if (entry.values === undefined) {
        if (gathering !== undefined) addFacts(gathering, entry, undefined);
        return `${request}}\n`;
      }
      const place = gathering === undefined ? undefined : addAnswer(gathering, entry, row);
      const input = inputText(entry.rows[row]!, place);
      return `${request},"row":${row},"input":{${input}}${predictionText(entry, row, place)}}\n`;
    },
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
  const requestText = requestTexts({ model });
  return {
    describe: () => undefined,
    partOf: (table) => addPart(table, { identity: { model } }),
    line: (entry, _row, gathering) => {
      if (gathering !== undefined) addFacts(gathering, entry, undefined);
      return `${requestText(entry)}}\n`;
    },
    extraBytes: () => 0,
  };
}

/** A line up to the members that every request has, whatever became of it; made once for all rows of a request. */
function requestTexts(identity: Identity): (entry: Entry) => string {
  const head = `{"kind":"answer","v":${lineVersion},${JSON.stringify(identity).slice(1, -1)},"request":`;
  let last: Entry | undefined;
  let text = '';
  return (entry) => {
    if (entry === last) return text;
    const { requestId, role, variant, protocol, rowCount, time, latency, status, code } = entry;
    last = rowCount > 1 ? entry : undefined;
    text =
      `${head}${JSON.stringify(requestId)},"time":"${isoTime(time)}","role":"${role}"` +
      `${variant === undefined ? '' : `,"variant":${JSON.stringify(variant)}`},"protocol":"${protocol}","rows":${rowCount}` +
      `,"latency":${latency},"status":${status}${code === undefined ? '' : `,"code":"${code}"`}`;
    return text;
  };
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

function isUnbounded({ type, enum: allowed, maxLength }: ColumnContract): boolean {
  return type === 'string' && allowed === undefined && (maxLength === undefined || maxLength > 256);
}
