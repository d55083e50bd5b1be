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

/**
 * Text of others as GitHub's Markdown shows it, character by character: no markup, no HTML, no link, no image, no
 * mention, no reference to an issue, no formula. Intervals such as `[0.838, 0.967]` stay readable in the source.
 */
export function markdownText(text: string): string {
  return (
    visible(text)
      .replace(/[&<>|`[\]$\\*~#@]/g, (character) => replacements[character]!)
      // Between letters and digits, as in roc_auc, it is no markup.
      .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
      .replaceAll('://', `:${apart}//`)
      .replace(/(mailto|xmpp):/gi, `$1:${apart}`)
      .replace(/(www)\./gi, `$1${apart}.`)
      .replace(/(GH)-(?=\d)/gi, `$1${apart}-`)
      .replace(/&#91;([-+]?[0-9.,]+, [-+]?[0-9.,]+)&#93;/g, '[$1]')
  );
}

/** A word as code. What could end the code or a cell of a table, and what is long, stays text, made harmless. */
export function markdownCode(text: string): string {
  const tame = text.length <= 100 && /^[^\s`|\\\p{C}](?:[^`|\\\p{C}]*[^\s`|\\\p{C}])?$/u.test(text);
  return tame ? `\`${text}\`` : markdownText(text);
}
