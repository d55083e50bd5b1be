import type { Identity, ModelState } from '../../registry/index.ts';

/** Alone, or in a name such as `Ada <ada@example.org>`. */
const address = /[^\s@<>"',;]+@[^\s@<>"',;]+\.[^\s@<>"',;]+/g;

/**
 * What may be told of who did something: accounts are public, and an address of mail is not for a page that anybody may
 * read. So `ada@example.org` becomes `ada@…`, also where a sentence of the registry names her.
 */
export function openNames(state: ModelState): <T>(value: T) => T {
  const addresses = [...new Set([...namesIn(state)].flatMap((name) => name.match(address) ?? []))];
  // The longest first: one may be the beginning of another.
  addresses.sort((a, b) => b.length - a.length);
  const open = (value: unknown): unknown => {
    if (typeof value === 'string')
      return addresses.reduce((text, name) => text.replaceAll(name, shortened(name)), value);
    if (Array.isArray(value)) return value.map(open);
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, open(member)]));
    return value;
  };
  return <T>(value: T) => (addresses.length === 0 ? value : (open(value) as T));
}

/** Of somebody whom no event names: of an approval, or of a branch. */
export function openName(name: string): string {
  return name.replace(address, shortened);
}

export function openIdentity({ name, proof }: Identity): Identity {
  return { name: openName(name), proof };
}

/**
 * Of a sentence of the registry, which may name people whom no event names: who promotes, who approved, who signed. Tags of
 * the model look like addresses, and stay.
 */
export function openText(text: string, model: string): string {
  return text.replace(/([^\s@"'`<>(),;:]{1,64})@(?:[a-z\d-]+\.)+[a-z]{2,}/gi, (whole, name: string) =>
    name.endsWith(model) ? whole : `${name}@…`,
  );
}

function shortened(found: string): string {
  return `${found.slice(0, found.indexOf('@'))}@…`;
}

function namesIn({ events, requests, versions }: ModelState): ReadonlySet<string> {
  const registered = versions.map(({ registered: tag }) => ('event' in tag ? tag.event.by : tag.by));
  const people = [...events.map(({ event }) => event.by), ...requests.map(({ by }) => by), ...registered];
  return new Set(people.flatMap((by) => (by === undefined ? [] : [by.name])));
}
