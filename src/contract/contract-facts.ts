import { parse } from 'yaml';

/** What an ODCS file tells people of its table, beside what is checked. Texts are as they stand in the file. */
export interface ContractFacts {
  readonly status?: string;
  readonly domain?: string;
  readonly dataProduct?: string;
  /** Who answers for the data: a member of `team` whose role is to own it, else the team. */
  readonly owner?: string;
  readonly tags: readonly string[];
  readonly purpose?: string;
  readonly limitations?: string;
  readonly usage?: string;
  /** Of the table. */
  readonly description?: string;
  readonly serviceLevels: readonly ServiceLevel[];
  readonly support: readonly SupportChannel[];
  /** By name of the column. */
  readonly columns: ReadonlyMap<string, ColumnFacts>;
}

/** One of `slaProperties`: `latency`, 4, `d`. Nobody checks it. */
export interface ServiceLevel {
  readonly property: string;
  readonly value?: string;
  readonly unit?: string;
  readonly element?: string;
  readonly driver?: string;
  readonly description?: string;
}

/** Where to ask. */
export interface SupportChannel {
  readonly channel: string;
  readonly url?: string;
}

export interface ColumnFacts {
  readonly businessName?: string;
  readonly classification?: string;
  readonly tags: readonly string[];
}

/** Of a file that `readContract` accepts; of anything else, what there is. */
export function readContractFacts(content: string | Uint8Array): ContractFacts {
  const root = membersOf(parsed(content));
  const [table] = listOf(root['schema']).map(membersOf);
  const description = membersOf(root['description']);
  return {
    ...present({
      status: textOf(root['status']),
      domain: textOf(root['domain']),
      dataProduct: textOf(root['dataProduct']),
      owner: ownerOf(root['team']),
      purpose: textOf(description['purpose']),
      limitations: textOf(description['limitations']),
      usage: textOf(description['usage']),
      description: textOf(table?.['description']),
    }),
    tags: [...new Set([...textsOf(root['tags']), ...textsOf(table?.['tags'])])],
    serviceLevels: listOf(root['slaProperties']).flatMap((entry) => serviceLevel(membersOf(entry))),
    support: listOf(root['support']).flatMap((entry) => {
      const { channel, url } = membersOf(entry);
      const name = textOf(channel);
      return name === undefined ? [] : [{ channel: name, ...present({ url: textOf(url) }) }];
    }),
    columns: new Map(listOf(table?.['properties']).flatMap((entry) => column(membersOf(entry)))),
  };
}

function column(fields: Members): [string, ColumnFacts][] {
  const name = textOf(fields['name']);
  if (name === undefined) return [];
  const more = present({
    businessName: textOf(fields['businessName']),
    classification: textOf(fields['classification']),
  });
  return [[name, { ...more, tags: textsOf(fields['tags']) }]];
}

function serviceLevel(fields: Members): readonly ServiceLevel[] {
  const property = textOf(fields['property']);
  if (property === undefined) return [];
  const { value, valueExt, unit, element, driver, description } = fields;
  const shown = [value, valueExt].map(textOf).filter((text) => text !== undefined);
  return [
    {
      property,
      ...present({
        value: shown.length === 0 ? undefined : shown.join(' to '),
        unit: textOf(unit),
        element: textOf(element),
        driver: textOf(driver),
        description: textOf(description),
      }),
    },
  ];
}

/** `team` is a list of members in ODCS 3.0, and an object with a name and members later. */
function ownerOf(team: unknown): string | undefined {
  const members = Array.isArray(team) ? team : listOf(membersOf(team)['members']);
  const now = members.map(membersOf).filter(({ dateOut }) => textOf(dateOut) === undefined);
  const owner = now.find(({ role }) => /\bowner\b/i.test(textOf(role) ?? ''));
  const name = owner === undefined ? undefined : (textOf(owner['name']) ?? textOf(owner['username']));
  return name ?? (Array.isArray(team) ? undefined : textOf(membersOf(team)['name']));
}

type Members = Readonly<Record<string, unknown>>;

function parsed(content: string | Uint8Array): unknown {
  try {
    const text = typeof content === 'string' ? content : new TextDecoder().decode(content);
    return parse(text, { version: '1.2', stringKeys: true, maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).flatMap((entry) => textOf(entry) ?? []);
}

/** Without what is not there. */
function present<T extends Record<string, string | undefined>>(
  members: T,
): { readonly [K in keyof T]?: string } {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there) as { readonly [K in keyof T]?: string };
}
