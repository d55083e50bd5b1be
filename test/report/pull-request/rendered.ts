import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** What a reader's page would make of Markdown, before anything is sanitised: the whole danger is still in it. */
export function htmlOf(markdown: string): string {
  return micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
}

/** Elements that a comment is made of. */
const expected: ReadonlySet<string> = new Set([
  ...['h3', 'h4', 'p', 'ul', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ...['details', 'summary', 'code', 'pre', 'strong'],
]);

export interface Found {
  readonly elements: readonly string[];
  readonly comments: readonly string[];
  /** Addresses of links. */
  readonly links: readonly string[];
  /** What stands outside of code, as people see it. */
  readonly text: string;
}

/** Takes HTML apart; anything that looks like an element and is none of the expected ones is among `elements` all the same. */
export function takeApart(html: string): Found {
  const comments = [...html.matchAll(/<!--([\s\S]*?)-->/g)].map(([, text]) => text!);
  const rest = html.replaceAll(/<!--[\s\S]*?-->/g, '');
  const tags = [...rest.matchAll(/<\/?([^\s>/]+)([^>]*)>/g)];
  const elements = tags.flatMap(([tag, name, attributes]) => {
    const isPlain =
      attributes === '' ||
      (name === 'code' && /^ class="language-(?:mermaid|sh)"$/.test(attributes!)) ||
      (/^t[hd]$/.test(name!) && /^ align="(?:left|right)"$/.test(attributes!));
    if (name === 'a' && /^ href="[^"]*"$/.test(attributes!)) return [];
    if (tag.startsWith('</') && name === 'a') return [];
    return expected.has(name!) && isPlain ? [] : [tag];
  });
  const links = tags.flatMap(([, name, attributes]) =>
    name === 'a' && attributes !== '' ? [/href="([^"]*)"/.exec(attributes!)?.[1] ?? ''] : [],
  );
  const text = decoded(
    rest
      .replaceAll(/<pre>[\s\S]*?<\/pre>/g, '')
      .replaceAll(/<code>[\s\S]*?<\/code>/g, '')
      .replaceAll(/<[^>]*>/g, ''),
  );
  return { elements, comments, links, text };
}

function decoded(html: string): string {
  const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&', apos: "'" };
  return html.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return names[name] ?? all;
  });
}

/** What GitHub makes a notification, a reference or a link of, after the Markdown is HTML. */
export const referring: RegExp =
  /(?<!\w)@[\w-]|#\d|GH-\d|:\/\/|www\.[a-z]|mailto:[a-z]|[\u202a-\u202e\u2066-\u2069\u00ad\u3164\u115f]/i;

/** The diagrams of a comment, as their pages get them. */
export function diagramsOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
}
