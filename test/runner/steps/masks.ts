/** What may not be read in a log: the values of secrets, whole, line by line, and as programs like to write them. */
export class Masks {
  readonly #values = new Set<string>();
  #sorted: readonly string[] | undefined;

  add(value: string): void {
    const texts = [value, ...value.split(/[\r\n]+/)].map((text) => text.replace(/^[\r\n]+|[\r\n]+$/g, ''));
    for (const text of texts) {
      if (text.trim() === '') continue;
      for (const form of formsOf(text)) this.#values.add(form);
    }
    this.#sorted = undefined;
  }

  /** Every masked value as `***`; longer ones first, for one may begin another. */
  hide(text: string): string {
    this.#sorted ??= [...this.#values].sort((a, b) => b.length - a.length);
    return this.#sorted.reduce((hidden, value) => hidden.replaceAll(value, '***'), text);
  }

  isIn(text: string): boolean {
    return this.hide(text) !== text;
  }

  /** Of a job that inherits what is hidden already. */
  copy(): Masks {
    const copy = new Masks();
    for (const value of this.#values) copy.#values.add(value);
    return copy;
  }
}

function formsOf(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const shifted = [0, 1, 2].map((shift) => {
    // What the value looks like inside of a longer text in base 64: the characters that it alone decides.
    const encoded = Buffer.from(`${'x'.repeat(shift)}${text}`)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(shift === 0 ? 0 : shift + 1, -1);
  });
  const long = shifted.filter((form) => form.length > 6);
  return [text, json, encodeURIComponent(text), ...long];
}
