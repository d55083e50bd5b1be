import type { Json } from '../../base/index.ts';

/** What happens to a server, told once each; requests only when they are asked for. Values of rows are never in it. */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly event:
    | 'started'
    | 'stopping'
    | 'failed'
    | 'swap'
    | 'refused'
    | 'died'
    | 'look'
    | 'access'
    | 'connections'
    | 'request'
    | 'error';
  /** One sentence for people. */
  readonly message: string;
  readonly facts?: Readonly<Record<string, Json | undefined>>;
}

export type ServerLog = (entry: LogEntry) => void;

/** One line of JSON an entry. */
export function jsonLog(write: (text: string) => void, now: () => Date): ServerLog {
  return ({ level, event, message, facts = {} }) =>
    write(`${JSON.stringify({ time: now().toISOString(), level, event, message, ...facts })}\n`);
}

/** The message says the rest. */
const shownOfRequests: ReadonlySet<string> = new Set(['request', 'model', 'code', 'ms', 'identity']);

type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

const marks = { info: ['green', '·'], warn: ['yellow', '!'], error: ['red', '✗'] } as const;

/** One line for people an entry; facts that hold more than a word are left to the JSON. */
export function readableLog(write: (text: string) => void, now: () => Date, paint: Paint): ServerLog {
  return ({ level, event, message, facts = {} }) => {
    const [style, mark] = marks[level];
    const words = Object.entries(facts)
      .filter(([name]) => event !== 'request' || shownOfRequests.has(name))
      .filter(([, value]) => value !== undefined && (typeof value !== 'object' || value === null))
      .map(([name, value]) => `${name}=${plainLine(String(value))}`);
    const time = now().toISOString().slice(11, 19);
    const tail = words.length === 0 ? '' : `  ${paint('dim', words.join(' '))}`;
    write(`${paint('dim', time)} ${paint(style, mark)} ${plainLine(message)}${tail}\n`);
  };
}

/** What came over the network must not move the cursor of whoever reads. */
function plainLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}
