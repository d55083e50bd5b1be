/** What an address may give when the pipeline file does not say it, and at most: a commit has to hold it. */
const defaultBytes = 10 * 2 ** 20;
export const mostReceivedBytes: number = 25 * 2 ** 20;

/** Bytes of `10 MiB` or `500 KiB`. */
export function receivedBytes(text: string | undefined): number {
  const parts = /^(\d+) ?([KM])iB$/.exec(text ?? '');
  return parts === null ? defaultBytes : Number(parts[1]) * (parts[2] === 'K' ? 2 ** 10 : 2 ** 20);
}

/**
 * What is wrong with an address, whoever wrote it: it has to be read by everybody in the same way, so it has to be
 * written as the URL standard would write it, without anything that a server or a proxy may resolve once more.
 */
export function addressProblem(text: string): string | undefined {
  if (text.length > 2_000) return 'it is longer than 2,000 characters';
  if (!URL.canParse(text)) return 'it is no address';
  const url = new URL(text);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) return 'it is not https';
  if (url.username !== '' || url.password !== '') return 'it holds a user or a password';
  if (url.hash !== '' || text.includes('#')) return 'it has a fragment';
  if (/%(25)*(2e|2f|5c|00)/i.test(url.pathname)) return 'it hides a dot or a slash behind a percent sign';
  // Not left to the parser: that of Node 20 keeps the dots of "/.a/..".
  if (/[\\/]\.{1,2}([\\/?]|$)/.test(text)) return 'it has a dot or two for a folder';
  return url.href === text ? undefined : `it is another way to write ${url.href.slice(0, 200)}`;
}

/** The same of the beginning of addresses: a folder on one server. */
export function prefixProblem(text: string): string | undefined {
  const problem = addressProblem(text);
  if (problem !== undefined) return problem;
  if (new URL(text).search !== '' || text.includes('?')) return 'it has a query';
  return text.endsWith('/') ? undefined : 'it does not end with a slash';
}

/** Whether an address without problems is below one of the prefixes: the same scheme, host and port, and the same folder. */
export function isBelowPrefix(address: string, prefixes: readonly string[]): boolean {
  const { origin, pathname } = new URL(address);
  return prefixes.some((prefix) => {
    const at = new URL(prefix);
    return at.origin === origin && pathname.startsWith(at.pathname) && pathname.length > at.pathname.length;
  });
}
