/** Replaces secrets by `***`. Made once for a run from the values of all its secrets. */
export interface Mask {
  /** The text with every secret replaced. */
  hide(text: string): string;
  /**
   * How many characters at the end of the text must wait for what comes next: they may be the start of a secret, or
   * the start of a longer one than the secret that they are.
   */
  unfinished(text: string): number;
  /** Length of the longest text that is replaced. */
  readonly longest: number;
}

const stars = '***';

/**
 * Hides each value, each line of it (of at least 4 characters), and what it becomes in JSON, in a URL, and in base64
 * wherever it starts in the encoded bytes.
 */
export function makeMask(secrets: Iterable<string>): Mask {
  const needles = new Set<string>();
  for (const secret of secrets) for (const form of formsOf(secret)) needles.add(form);
  // Longer ones first: a secret that holds another one is replaced as a whole.
  const sorted = [...needles].sort((a, b) => b.length - a.length);
  if (sorted.length === 0) return { hide: (text) => text, unfinished: () => 0, longest: 0 };
  const pattern = new RegExp(sorted.map(escapeRegExp).join('|'), 'g');
  const longest = sorted[0]!.length;
  return {
    hide: (text) => text.replace(pattern, stars),
    unfinished: (text) => {
      const start = startOfUnfinished(text, sorted);
      // A secret that is complete goes out as a whole or not at all.
      for (const match of text.matchAll(pattern)) {
        if (match.index < start && start < match.index + match[0].length) return text.length - match.index;
      }
      return text.length - start;
    },
    longest,
  };
}

/** Where the longest end of the text begins that is the beginning, and not the whole, of a needle. */
function startOfUnfinished(text: string, needles: readonly string[]): number {
  const longest = needles[0]!.length;
  for (let start = Math.max(0, text.length - longest + 1); start < text.length; start++) {
    const end = text.slice(start);
    if (needles.some((needle) => needle.length > end.length && needle.startsWith(end))) return start;
  }
  return text.length;
}

function formsOf(secret: string): string[] {
  const lines = secret.split(/\r\n|\n|\r/).map((line) => line.trim());
  // Output is masked line by line, so the lines of a secret are what can be met; its short lines say nothing.
  const plain = lines.length === 1 ? [secret, lines[0]!] : lines.filter((line) => line.length >= 4);
  const forms = plain.flatMap((line) => [line, JSON.stringify(line).slice(1, -1), urlForm(line)]);
  if (secret.length >= 6) forms.push(...base64Forms(secret));
  return forms.filter((form) => form.length > 0);
}

function urlForm(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // A lone surrogate has no URL form; it cannot be met in one either.
    return text;
  }
}

/** The part of the base64 text that does not depend on the bytes around the secret, for each of three offsets. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const whole = Math.floor(((offset + bytes.length) * 8) / 6);
    const form = text.slice(Math.ceil((offset * 8) / 6), whole);
    return form.length < 6 ? [] : [form, form.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
