/** A URL for messages: without user name, password and query. */
export function shownUrl(url: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:\/\/)(?:[^/?#]*@)?([^?#]*)/is.exec(url);
  return parts === null ? url : `${parts[1]}${parts[2]}`;
}

/**
 * Takes what could be a secret out of a text that a server or a command wrote: credentials in URLs, values of
 * authorization headers, and the secrets that are known.
 */
export function withoutSecrets(text: string, secrets: readonly string[] = []): string {
  let clean = text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@']*@/gi, '$1')
    .replace(/(authorization:\s*\w+\s+)\S+/gi, '$1***');
  for (const secret of secrets) if (secret.length > 3) clean = clean.replaceAll(secret, '***');
  return clean;
}

/** One line of at most 500 characters that a terminal can show. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a server must not steer the terminal.
  const plain = text.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').trim();
  return plain.length > 500 ? `${plain.slice(0, 499)}…` : plain;
}
