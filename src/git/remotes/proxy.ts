type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy that a request goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY as curl and Git read them. */
export function proxyFor(url: URL, environment: Environment): string | undefined {
  const read = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? '';
  const proxy = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') || read('ALL_PROXY');
  if (proxy === '' || isExcepted(url, read('NO_PROXY'))) return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  return /^https?:/i.test(full) && URL.canParse(full) ? full : undefined;
}

/** `*`, a host name with all names below it, with a port or without. */
function isExcepted(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '*') return true;
    const parts = /^\.?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(entry.toLowerCase());
    if (parts === null || (parts[2] !== undefined && parts[2] !== port)) return false;
    return url.hostname === parts[1] || url.hostname.endsWith(`.${parts[1]}`);
  });
}
