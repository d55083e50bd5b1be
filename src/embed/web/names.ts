/** Names of other files beside the module of a model. */
const taken: ReadonlySet<string> = new Set(['runtime', 'example']);

/** A file name that URLs take as it is. */
export function fileName(model: string): string {
  const name = model.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '') || 'model';
  return taken.has(name.toLowerCase()) ? `${name}-model` : name;
}

/** `HeartDisease` for `heart-disease`. */
export function typeName(model: string): string {
  const words = model.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return /^[A-Za-z]/.test(name) ? name : `Model${name}`;
}

/** A member of an object type. */
export function memberName(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(name) ? name : literal(name);
}

/** As JavaScript writes it; also inside of a script of a page. */
export function literal(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** Text inside of a comment. */
export function comment(text: string): string {
  return text.replaceAll('*/', '*\\/').replace(/\s+/g, ' ').trim();
}
