/** Replaces secrets by `***`. Made once for a run from the values of all its secrets. */
export interface Mask {
  /** The text with every secret replaced. */
  hide(text: string): string;
  /** How many characters at the end of the text may be the start of a secret whose rest has not come yet. */
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
      for (let length = Math.min(longest - 1, text.length); length > 0; length--) {
        const tail = text.slice(text.length - length);
        if (sorted.some((needle) => needle.length > length && needle.startsWith(tail))) return length;
      }
      return 0;
    },
    longest,
  };
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
