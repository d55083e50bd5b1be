/**
 * Raw HTML in Markdown: a short list of elements is let through, as on the hosts that these pages are read on too.
 * Everything else is text, and comments are dropped.
 */
export type Piece =
  | { readonly kind: 'text'; readonly html: string }
  | { readonly kind: 'open'; readonly tag: string; readonly html: string; readonly isVoid: boolean }
  | { readonly kind: 'close'; readonly tag: string; readonly text: string };

/** The value that an attribute gets, or `undefined` when it is left out. */
export type Attribute = (tag: string, name: string, value: string) => string | undefined;

const inlineTags = new Set([
  ...['a', 'b', 'br', 'code', 'del', 'em', 'i', 'img', 'ins', 'kbd', 'picture', 'samp', 'source'],
  ...['strong', 'sub', 'sup', 'var'],
]);
const blockTags = new Set([...inlineTags, 'details', 'div', 'hr', 'summary']);
const voidTags = new Set(['br', 'hr', 'img', 'source']);

/** Attributes by element; those of `'*'` on all. Addresses are judged by whoever asks. */
const attributes: Readonly<Record<string, readonly string[]>> = {
  '*': ['title'],
  a: ['href', 'id', 'name'],
  details: ['open'],
  div: ['align'],
  img: ['src', 'alt', 'width', 'height', 'align'],
  source: ['srcset', 'media'],
};

const tagPattern = /<!--[\s\S]*?(?:-->|$)|<(\/?)([A-Za-z][\w:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/g;
const attributePattern = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

/** A piece of HTML as what is let through, and text. */
export function htmlPieces(html: string, where: 'block' | 'inline', attribute: Attribute): readonly Piece[] {
  const allowed = where === 'block' ? blockTags : inlineTags;
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of html.matchAll(tagPattern)) {
    addText(pieces, html.slice(end, match.index));
    end = match.index + match[0].length;
    const [whole, slash, name, rest] = match;
    if (name === undefined) continue;
    const tag = name.toLowerCase();
    if (!allowed.has(tag)) addText(pieces, whole);
    else if (slash === '/') {
      if (!voidTags.has(tag)) pieces.push({ kind: 'close', tag, text: escapeText(whole) });
    } else {
      const found = attributesOf(tag, rest ?? '', attribute);
      // A picture that is not shown leaves its words.
      if (tag === 'img' && !found.has('src')) addText(pieces, found.get('alt') ?? '');
      else if (tag !== 'source' || found.has('srcset'))
        pieces.push({ kind: 'open', tag, html: openTag(tag, found), isVoid: voidTags.has(tag) });
    }
  }
  addText(pieces, html.slice(end));
  return pieces;
}

function openTag(tag: string, found: ReadonlyMap<string, string>): string {
  return `<${tag}${[...found].map(([key, value]) => ` ${key}="${escapeText(value)}"`).join('')}>`;
}

function attributesOf(tag: string, text: string, attribute: Attribute): ReadonlyMap<string, string> {
  const allowed = [...(attributes[tag] ?? []), ...attributes['*']!];
  const found = new Map<string, string>();
  for (const [, name, double, single, bare] of text.replace(/\/$/, '').matchAll(attributePattern)) {
    const key = name!.toLowerCase();
    if (!allowed.includes(key) || found.has(key)) continue;
    const value = attribute(tag, key, decodeEntities(double ?? single ?? bare ?? ''));
    if (value !== undefined) found.set(key, value);
  }
  if (tag === 'img' && !found.has('alt')) found.set('alt', '');
  return found;
}

function addText(pieces: Piece[], text: string): void {
  if (text !== '') pieces.push({ kind: 'text', html: escapeText(text, true) });
}

/** @param keepEntities whether `&amp;` and the like are what they stand for */
export function escapeText(text: string, keepEntities = false): string {
  const ampersand = keepEntities ? /&(?!(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][\dA-Za-z]{1,31});)/g : /&/g;
  return text
    .replace(ampersand, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const entities: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);

/** The few that addresses are written with; one that is not known stays as it is, which is no address then. */
function decodeEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|([A-Za-z]+));/g, (whole, ten, hex, name) => {
    if (name !== undefined) return entities.get(name as string) ?? whole;
    const code = ten === undefined ? Number.parseInt(hex, 16) : Number(ten);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
  });
}
