import type { Handler, Route } from './message.ts';

export type Found =
  | { readonly kind: 'found'; readonly handle: Handler; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

/** Finds routes by method and path: whole paths at once, patterns one segment after the other. */
export function makeRouter(routes: readonly Route[]): (method: string, path: string) => Found {
  const patterns = routes.map((route) => ({ ...route, segments: route.path.split('/') }));
  return (method, path) => {
    const segments = path.split('/');
    const allowed = new Set<string>();
    for (const route of patterns) {
      const params = match(route.segments, segments);
      if (params === undefined) continue;
      if (route.method === method || (method === 'HEAD' && route.method === 'GET'))
        return { kind: 'found', handle: route.handle, params };
      allowed.add(route.method);
    }
    return allowed.size > 0 ? { kind: 'method', allowed: [...allowed] } : { kind: 'none' };
  };
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (let i = 0; i < pattern.length; i++) {
    const part = pattern[i]!;
    if (part.startsWith(':')) {
      if (segments[i] === '') return undefined;
      params[part.slice(1)] = segments[i]!;
    } else if (part !== segments[i]) return undefined;
  }
  return params;
}
