/** What is wrong in a picture, and where. */
export interface SvgProblem {
  readonly line: number;
  /** As the end of a sentence about the picture: `has the element <script>`. */
  readonly what: string;
}

const svgNamespaces = new Set([
  'http://www.w3.org/2000/svg',
  'http://www.w3.org/1999/xlink',
  'http://www.w3.org/XML/1998/namespace',
  'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
]);

/** Elements that run something, bring other documents along, or are forms; by local name, whatever their namespace. */
const activeElements = new Set(
  'script foreignobject iframe object embed handler listener audio video canvas html body form input button link meta base'.split(
    ' ',
  ),
);

const rasters = /^data:(image\/(png|jpe?g|gif|webp|avif)|font\/[\w.-]+|application\/(x-)?font[\w.-]*)[;,]/;
const names = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
const tagPattern = new RegExp(`^<(/?)(${names})((?:\\s+${names}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`);
const attributePattern = new RegExp(`(${names})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`, 'g');
const doctypePattern =
  /^<!DOCTYPE\s+svg(\s+PUBLIC\s+"-\/\/W3C\/\/DTD SVG [^"<>]*"\s+"http:\/\/www\.w3\.org\/[^"<>]*")?\s*>/;
const declarationPattern =
  /^<\?xml\s+version=["']1\.0["'](\s+encoding=["'](utf-8|us-ascii)["'])?(\s+standalone=["'](yes|no)["'])?\s*\?>/i;
const entities: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);

/**
 * Why an SVG file is not handed out: it is a document of its own, which a host of files serves without a policy, so that what
 * it executes is executed as the site. Read as XML with nothing but what drawings need; what cannot be read so is refused.
 */
export function svgProblem(bytes: Uint8Array): SvgProblem | undefined {
  const text = textOf(bytes);
  if (text === undefined) return { line: 1, what: 'is no text in UTF-8' };
  const wrong = (at: number, what: string): SvgProblem => ({ line: lineAt(text, at), what });
  const open: string[] = [];
  let isRooted = false;
  // Of the element <style> that is open: what comments and the like stand between is one text to a browser.
  let css = '';
  let at = declarationPattern.exec(text)?.[0].length ?? 0;
  while (at < text.length) {
    const next = text.indexOf('<', at);
    const words = text.slice(at, next === -1 ? undefined : next);
    const inside = open.at(-1);
    const read = inside === undefined && words.trim() !== '' ? undefined : decoded(words);
    if (read === undefined) return wrong(at, 'has text outside of its elements, or entities of its own');
    if (isStyle(inside)) css += read;
    if (next === -1) break;
    at = next;
    const rest = text.slice(at);
    if (rest.startsWith('<!--')) {
      const end = text.indexOf('-->', at + 4);
      if (end === -1) return wrong(at, 'has a comment without an end');
      at = end + 3;
    } else if (rest.startsWith('<![CDATA[')) {
      const end = text.indexOf(']]>', at);
      if (end === -1 || inside === undefined) return wrong(at, 'has text where none can be');
      if (isStyle(inside)) css += text.slice(at + 9, end);
      at = end + 3;
    } else if (rest.startsWith('<?')) {
      return wrong(at, `has the instruction ${shown(/^<\?[\w.:-]*/.exec(rest)![0])}`);
    } else if (rest.startsWith('<!')) {
      const doctype = isRooted ? undefined : doctypePattern.exec(rest)?.[0];
      if (doctype === undefined) return wrong(at, 'declares entities or a document type of its own');
      at += doctype.length;
    } else {
      const tag = tagPattern.exec(rest);
      if (tag === null) return wrong(at, `has a tag that is no XML: ${shown(rest)}`);
      const [whole, slash, name, attributes, closed] = tag as unknown as [
        string,
        string,
        string,
        string,
        string,
      ];
      if (slash === '/') {
        if (open.pop() !== name || attributes.trim() !== '' || closed !== '')
          return wrong(at, `closes ${shown(name)}, which is not open`);
        const problem = isStyle(name) ? cssProblem(css) : undefined;
        if (problem !== undefined) return wrong(at, problem);
        css = '';
      } else {
        if (isStyle(inside)) return wrong(at, 'has elements in its styles');
        if (open.length === 0 && (isRooted || localName(name) !== 'svg'))
          return wrong(at, 'is no SVG: its one outermost element has to be <svg>');
        isRooted = true;
        const problem = elementProblem(name, attributes);
        if (problem !== undefined) return wrong(at, problem);
        if (closed === '') open.push(name);
      }
      at += whole.length;
    }
  }
  if (!isRooted || open.length > 0) return wrong(text.length, 'ends before its elements do');
  return undefined;
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isStyle(element: string | undefined): boolean {
  return element !== undefined && localName(element) === 'style';
}

function elementProblem(name: string, attributes: string): string | undefined {
  const local = localName(name);
  if (activeElements.has(local)) return `has the element <${name}>`;
  const found = new Set<string>();
  for (const [, key, double, single] of attributes.matchAll(attributePattern)) {
    if (found.has(key!)) return `gives <${name}> the attribute ${key} twice`;
    found.add(key!);
    const value = decoded(double ?? single ?? '');
    if (value === undefined) return `uses an entity that XML does not know in ${key} of <${name}>`;
    const problem = attributeProblem(local, key!, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function attributeProblem(element: string, key: string, value: string): string | undefined {
  const attribute = localName(key);
  if (attribute.startsWith('on')) return `has the attribute ${key}`;
  if (key === 'xmlns' || key.startsWith('xmlns:'))
    return isDrawing(value) ? undefined : `takes elements of ${shown(value)}`;
  // Browsers leave out what is no letter when they read an address.
  const bare = value.replace(/[\s\p{Cc}]+/gu, '').toLowerCase();
  if (!isWords(key) && /(java|vb|live)script:/.test(bare)) return `has a script in ${key}`;
  if (/(^|[;"'(])data:/.test(bare) && !everyData(bare)) return `has a document in ${key}`;
  if (element !== 'a' && /^(href|src)$/.test(attribute) && !/^(#|data:|$)/.test(bare))
    return `asks for ${shown(value)}, which is another file`;
  // Presentation attributes are CSS, too.
  if (attribute === 'style' || (!isWords(key) && /(?:url|src|image-set)\s*\(/i.test(value)))
    return cssProblem(value);
  // Those have no prefix, which names of files of drawing programs have.
  if (value.includes('\\') && !isWords(key) && !/:|^data-/.test(key)) return cssProblem(value);
  if (attribute === 'attributename' && /^(.*:)?(on.*|href)$/.test(bare)) return `animates ${shown(value)}`;
  return undefined;
}

/** A browser reads neither addresses nor styles there. */
function isWords(key: string): boolean {
  return key === 'title' || key.startsWith('aria-');
}

function everyData(bare: string): boolean {
  return bare
    .split(/(?:^|(?<=[;"'(]))(?=data:)/)
    .every((part) => !part.startsWith('data:') || rasters.test(part));
}

/** Of the W3C what drawings are made of; names of others, such as those of drawing programs, mean nothing to a browser. */
function isDrawing(namespace: string): boolean {
  return svgNamespaces.has(namespace) || !/w3\.org|mozilla\.org/i.test(namespace);
}

function cssProblem(css: string): string | undefined {
  if (/\\/.test(css)) return 'has letters in its styles that are written as numbers';
  if (/@import|expression\s*\(|-moz-binding|behavior\s*:/i.test(css)) return 'takes styles from elsewhere';
  for (const [, target] of css.matchAll(/url\s*\(\s*["']?([^)]*)/gi)) {
    if (!target!.startsWith('#') && !rasters.test(target!.toLowerCase()))
      return `asks for ${shown(target!)}, which is another file`;
  }
  return /image-set|src\s*\(/i.test(css) ? 'takes pictures from elsewhere' : undefined;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1).toLowerCase();
}

/** `undefined` for an entity that nobody declared, or that the file declared itself. */
function decoded(text: string): string | undefined {
  let isKnown = true;
  const read = text.replace(
    /&(?:#(\d{1,7});|#x([\da-fA-F]{1,6});|([A-Za-z][\w.-]*);)?/g,
    (_, ten, hex, name) => {
      const code = ten === undefined ? Number.parseInt(hex ?? '', 16) : Number(ten);
      const letter = name === undefined ? letterOf(code) : entities.get(name as string);
      isKnown &&= letter !== undefined;
      return letter ?? '';
    },
  );
  return isKnown ? read : undefined;
}

function letterOf(code: number): string | undefined {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

function shown(text: string): string {
  const [line] = text.trim().split('\n', 1);
  return JSON.stringify(line!.length > 60 ? `${line!.slice(0, 60)}…` : line);
}
