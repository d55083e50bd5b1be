import type { Annotation } from '../result.ts';
import type { Masks } from './masks.ts';

/** What a step may change by writing lines: the workflow commands. */
export interface CommandEffects {
  setOutput(name: string, value: string): void;
  saveState(name: string, value: string): void;
}

const shown = 10;

/**
 * The log of a step: lines are read for commands, masked, and kept.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export class StepLog {
  readonly annotations: Annotation[] = [];
  annotationsDropped = 0;
  readonly #masks: Masks;
  readonly #effects: CommandEffects;
  readonly #lines: string[] = [];
  #paused: string | undefined;

  constructor(masks: Masks, effects: CommandEffects) {
    this.#masks = masks;
    this.#effects = effects;
  }

  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  /** A line of the runner itself. */
  say(line: string): void {
    this.#lines.push(this.#masks.hide(line));
  }

  /** An error of the runner itself, which is an annotation too. */
  error(message: string): void {
    this.say(`##[error]${message}`);
    this.#annotate({ level: 'error', message, ...nowhere });
  }

  warning(message: string): void {
    this.say(`##[warning]${message}`);
    this.#annotate({ level: 'warning', message, ...nowhere });
  }

  /** A line that a process wrote. */
  line(line: string): void {
    const command = /^\s*::([a-z-]+)(?:\s+(.*?))?::(.*)$/is.exec(line);
    if (this.#paused !== undefined) {
      if (command?.[1] === this.#paused) this.#paused = undefined;
      else if (line.trim() === `::${this.#paused}::`) this.#paused = undefined;
      this.say(line);
      return;
    }
    if (command === null || !this.#obey(command[1]!.toLowerCase(), command[2] ?? '', command[3]!))
      this.say(line);
  }

  #obey(name: string, propertyText: string, dataText: string): boolean {
    const data = unescapeData(dataText);
    const properties = propertiesOf(propertyText);
    switch (name) {
      case 'error':
      case 'warning':
      case 'notice': {
        this.say(`##[${name}]${data}`);
        this.#annotate({
          level: name,
          message: data,
          title: properties.get('title'),
          file: properties.get('file'),
          line: numberOf(properties.get('line')),
          endLine: numberOf(properties.get('endline')),
          column: numberOf(properties.get('col') ?? properties.get('column')),
        });
        return true;
      }
      case 'add-mask':
        if (data.trim() === '')
          this.warning("Can't add secret mask for empty string in ##[add-mask] command.");
        else this.#masks.add(data);
        this.say('::add-mask::***');
        return true;
      case 'group':
        this.say(`##[group]${data}`);
        return true;
      case 'endgroup':
        this.say('##[endgroup]');
        return true;
      case 'debug':
        // Shown only where debugging is on.
        return true;
      case 'stop-commands':
        this.#paused = data;
        this.say(`::stop-commands::${data}`);
        return true;
      case 'set-output':
        this.warning('The `set-output` command is deprecated and will be disabled soon.');
        this.#effects.setOutput(properties.get('name') ?? '', data);
        return true;
      case 'save-state':
        this.warning('The `save-state` command is deprecated and will be disabled soon.');
        this.#effects.saveState(properties.get('name') ?? '', data);
        return true;
      case 'set-env':
      case 'add-path':
        this.error(`The \`${name}\` command is disabled.`);
        return true;
      case 'echo':
      case 'add-matcher':
      case 'remove-matcher':
        return true;
      default:
        return false;
    }
  }

  #annotate(annotation: Annotation): void {
    const same = this.annotations.filter(({ level }) => level === annotation.level).length;
    if (same >= shown) {
      this.annotationsDropped++;
      return;
    }
    const { message, title } = annotation;
    this.annotations.push({
      ...annotation,
      message: this.#masks.hide(message),
      title: title === undefined ? undefined : this.#masks.hide(title),
    });
  }
}

const nowhere = { title: undefined, file: undefined, line: undefined, endLine: undefined, column: undefined };

function propertiesOf(text: string): Map<string, string> {
  return new Map(
    text.split(',').flatMap((property): [string, string][] => {
      const equals = property.indexOf('=');
      if (equals < 1) return [];
      return [[property.slice(0, equals).trim().toLowerCase(), unescapeProperty(property.slice(equals + 1))]];
    }),
  );
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && Number.isInteger(number) ? number : undefined;
}
