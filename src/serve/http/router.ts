import type { Route } from './message.ts';

export type Found =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: 'method'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' }
  /** The path has an escape that is none. */
  | { readonly kind: 'malformed' };

export type Router = (method: string, path: string) => Found;

interface Pattern {
  readonly route: Route;
  readonly segments: readonly string[];
}

const nothing: Readonly<Record<string, string>> = {};

/** Finds routes by method and path: whole paths at once, patterns among those of the same length and first segment. */
export function makeRouter(routes: readonly Route[]): Router {
  const whole = new Map<string, Route[]>();
  const patterns = new Map<string, Pattern[]>();
  for (const route of routes) {
    const segments = route.path.split('/');
    if (route.path.includes('/:')) add(patterns, keyOf(segments), { route, segments });
    else add(whole, route.path, route);
  }
  return (method, path) => {
    const fixed = whole.get(path) ?? [];
    for (const route of fixed) if (answers(route, method)) return { kind: 'found', route, params: nothing };
    const segments = path.split('/');
    const fitting = (patterns.get(keyOf(segments)) ?? []).filter((pattern) => fits(pattern, segments));
    for (const { route, segments: names } of fitting) {
      if (!answers(route, method)) continue;
      const params = paramsOf(names, segments);
      return params === undefined ? { kind: 'malformed' } : { kind: 'found', route, params };
    }
    const others = [...fixed, ...fitting.map(({ route }) => route)];
    return others.length === 0 ? { kind: 'none' } : { kind: 'method', allowed: methodsOf(others) };
  };
}

/** What `Allow` says of some routes at one path. */
function methodsOf(routes: readonly Route[]): readonly string[] {
  const methods = new Set<string>(routes.map(({ method }) => method));
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods, 'OPTIONS'];
}

function answers(route: Route, method: string): boolean {
  return route.method === method || (method === 'HEAD' && route.method === 'GET');
}

function keyOf(segments: readonly string[]): string {
  return `${segments.length} ${segments[1] ?? ''}`;
}

function fits({ segments: names }: Pattern, segments: readonly string[]): boolean {
  for (let i = 0; i < names.length; i++) {
    if (names[i]!.startsWith(':') ? segments[i] === '' : names[i] !== segments[i]) return false;
  }
  return true;
}

function paramsOf(names: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    if (!name.startsWith(':')) continue;
    const decoded = decode(segments[i]!);
    if (decoded === undefined) return undefined;
    params[name.slice(1)] = decoded;
  }
  return params;
}

function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
