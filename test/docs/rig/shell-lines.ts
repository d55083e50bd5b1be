import type { Block } from './page.ts';

/** One thing that a reader types, and what the page says they see. */
export interface Command {
  readonly text: string;
  /** Of a `console` block; empty when nothing is shown. */
  readonly shown: readonly string[];
}

/** Languages of blocks that hold commands. In `console` and `text`, those after `$ `. */
export function isShell({ language, text }: Block): boolean {
  return ['sh', 'bash', 'shell'].includes(language) || (hasPrompts(language) && /^\$ /m.test(text));
}

function hasPrompts(language: string): boolean {
  return language === 'console' || language === 'text';
}

/** The commands of a block. A block without prompts is one text for the shell. */
export function commandsOf({ language, text }: Block): readonly Command[] {
  if (!hasPrompts(language)) return [{ text, shown: [] }];
  const commands: { text: string; shown: string[] }[] = [];
  let continues = false;
  for (const line of text.trimEnd().split('\n')) {
    const last = commands.at(-1);
    if (line.startsWith('$ ')) commands.push({ text: line.slice(2), shown: [] });
    else if (last === undefined) throw new Error(`output before the first command: ${line}`);
    else if (continues) last.text += `\n${line}`;
    else last.shown.push(line);
    continues = (line.startsWith('$ ') || continues) && isOpen(commands.at(-1)!.text);
  }
  return commands;
}

/** A backslash at the end, or a quote that is still open. */
function isOpen(text: string): boolean {
  return /\\$/.test(text) || (text.replace(/\\./g, '').match(/'/g) ?? []).length % 2 === 1;
}

/** Every call of `trainyard` in a text of the shell, in words. */
export function callsOf(text: string): readonly (readonly string[])[] {
  const calls: string[][] = [];
  for (const words of simpleCommands(text)) {
    const at = words.findIndex((word) => !/^[A-Za-z_][A-Za-z0-9_]*=/.test(word) && word !== 'exec');
    const program = words.slice(at);
    if (program[0] === 'npx') program.splice(0, program.indexOf('trainyard'));
    if (program[0] === 'trainyard') calls.push(program.slice(1));
  }
  return calls;
}

/** Words of each command between `&&`, `||`, `|`, `;`, `&` and line ends: quotes, comments and `$(…)` are understood. */
function simpleCommands(text: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  const end = (): void => {
    if (word !== undefined) commands.at(-1)!.push(word);
    word = undefined;
  };
  const source = text.replace(/\\\n/g, ' ');
  for (let i = 0; i < source.length; i++) {
    const char = source[i]!;
    if (char === "'" || char === '"') {
      const close = closing(source, i);
      word = (word ?? '') + source.slice(i + 1, close);
      i = close;
    } else if (char === '$' && source[i + 1] === '(') {
      const close = source.indexOf(')', i);
      word = `${word ?? ''}${source.slice(i, close + 1)}`;
      i = close;
    } else if (char === '#' && word === undefined) {
      const newline = source.indexOf('\n', i);
      i = newline === -1 ? source.length : newline - 1;
    } else if (/[\n;|&]/.test(char)) {
      end();
      commands.push([]);
    } else if (char === '>' || char === '<') {
      end();
      // Where the output goes is no argument.
      i += /^[<>]+\s*\S*/.exec(source.slice(i))![0].length - 1;
    } else if (/\s/.test(char)) end();
    else word = (word ?? '') + char;
  }
  end();
  return commands.filter((words) => words.length > 0);
}

function closing(source: string, start: number): number {
  for (let i = start + 1; i < source.length; i++) {
    if (source[start] === '"' && source[i] === '\\') i++;
    else if (source[i] === source[start]) return i;
  }
  throw new Error(`a quote is never closed: ${source.slice(start, start + 40)}`);
}
