const longest = 200;

/**
 * What is wrong with a name under which something is served: folders are named after it, in whatever place the
 * predictions of the model are kept. Names that other tools gave may hold slashes.
 */
export function problemOfServedName(name: unknown): string | undefined {
  if (typeof name !== 'string' || name === '') return 'the name of the model is no text';
  if (name.length > longest) return `the name of the model has more than ${longest} characters`;
  if (/[\p{Cc}\p{Zl}\p{Zp}\\]/u.test(name))
    return 'the name of the model has characters that no folder can have';
  const leadsAway = name.split('/').some((part) => part === '' || part === '.' || part === '..');
  return leadsAway ? 'the name of the model leads to another folder' : undefined;
}
