/**
 * Words in `classification` or `tags` that make a column personal data, after lower-casing and without blanks, `-`,
 * `_` and `:`. ODCS leaves both open. Classes of secrecy count as personal too: a value that not everybody in the
 * company may see does not belong into a record, a log or a page either.
 */
const words: ReadonlySet<string> = new Set([
  'pii',
  'spi',
  'phi',
  'gdpr',
  'personal',
  'personaldata',
  'personalinformation',
  'personallyidentifiable',
  'personallyidentifiableinformation',
  'sensitive',
  'sensitivedata',
  'sensitivepersonal',
  'sensitivepersonaldata',
  'specialcategory',
  'specialcategorydata',
  'confidential',
  'highlyconfidential',
  'strictlyconfidential',
  'restricted',
  'secret',
]);

/** `pii`, `PII:email`, `personal-data`: the whole word, or its first part before a colon, dot or slash. */
export function isPersonal(classification: string | undefined, tags: readonly string[]): boolean {
  return [...(classification === undefined ? [] : [classification]), ...tags].some((label) => {
    const whole = label.toLowerCase().replace(/[\s_-]/g, '');
    return whole.split(/[:./]/).some((part) => words.has(part));
  });
}
