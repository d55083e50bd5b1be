import { visible } from './visible-text.ts';

/** Breaks up what GitHub would make a link or a mention of; takes no room, and is not found by searching. */
const apart = '\u200b';

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '`': '&#96;',
  '[': '&#91;',
  ']': '&#93;',
  $: '&#36;',
  '\\': '\\\\',
  '*': '\\*',
  '~': '\\~',
  '#': `\\#${apart}`,
  '@': `@${apart}`,
};

/** Letters that nobody sees, beside those that `visible` shows: fillers, joiners outside of emoji, soft hyphens. */
const unseen =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single characters are meant.
  /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0]|(?<!\p{Extended_Pictographic}[\ufe0e\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d|\u200d(?!\p{Extended_Pictographic})/u;
const everyUnseen: RegExp = new RegExp(unseen.source, 'gu');

/** What can be seen of a text, and no more marks on a letter than any script sets. */
function seen(text: string): string {
  return visible(text)
    .replace(everyUnseen, '\ufffd')
    .replace(/(\p{M}{4})\p{M}+/gu, '$1');
}

/**
 * Text of others as GitHub's Markdown shows it, character by character: no markup, no HTML, no link, no image, no
 * mention, no reference to an issue, no formula, no picture for a `:word:`. Intervals such as `[0.838, 0.967]` stay
 * readable in the source, where nothing that follows could make a link of them.
 */
export function markdownText(text: string): string {
  return (
    withoutReferences(
      seen(text)
        .replace(/[&<>|`[\]$\\*~#@]/g, (character) => replacements[character]!)
        // Between letters and digits, as in roc_auc, it is no markup.
        .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_'),
    )
      // Not where a line may begin: there it could name an address that comes after it.
      .replace(/(?<=\S\s?)&#91;([-+]?[0-9.,]+, [-+]?[0-9.,]+)&#93;(?!\s*(?:[(:]|&#91;))/g, '[$1]')
      // What may follow an interval of another text.
      .replace(/^\(/, '&#40;')
      // At the beginning of a line these would begin a list or underline a heading.
      .replace(/^([-+])(?=\s)|^(-{2,}|={1,})(?=\s*$)/, '\\$1$2')
      .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2')
  );
}

function withoutReferences(text: string): string {
  return (
    text
      .replaceAll('://', `:${apart}//`)
      .replace(/(mailto|xmpp):/gi, `$1:${apart}`)
      .replace(/(www)\./gi, `$1${apart}.`)
      .replace(/(GH)-(?=\d)/gi, `$1${apart}-`)
      // What could be a commit, of any fork; what this program shortens itself (8 characters at most) can still be copied.
      .replace(/(?<![\da-z])(?=[\da-f]{9,40}(?![\da-z]))(?=\d*[a-f])(?=[a-f]*\d)([\da-f]{4})/gi, `$1${apart}`)
      .replace(/:(?=[\w+-]*[a-z][\w+-]*:)/gi, `:${apart}`)
  );
}

/** A word as code. What could end the code or a cell of a table, and what is long, stays text, made harmless. */
export function markdownCode(text: string): string {
  const tame =
    text.length <= 100 &&
    !unseen.test(text) &&
    !/\p{M}{5}/u.test(text) &&
    /^[^\s`|\\\p{C}](?:[^`|\\\p{C}]*[^\s`|\\\p{C}])?$/u.test(text);
  return tame ? `\`${text}\`` : markdownText(text);
}

/** The same text inside of HTML, where Markdown's backslashes stay what they are. */
export function htmlText(text: string): string {
  return withoutReferences(
    seen(text).replace(/[&<>"'`|@#$]/g, (character) => {
      if (character === '@' || character === '#') return `${character}${apart}`;
      return `&#${character.charCodeAt(0)};`;
    }),
  );
}

/** A link to an address of this program's own; where that is none of the web, the text alone. */
export function markdownLink(text: string, address: string): string {
  if (!URL.canParse(address)) return markdownText(text);
  const { protocol, username, password, href } = new URL(address);
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '') return markdownText(text);
  const encoded = href.replace(/[()<>[\]|`\\*_~@$'"\s]/g, (character) => `%${hexOf(character)}`);
  return `[${markdownText(text)}](${encoded})`;
}

function hexOf(character: string): string {
  return character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
}
