import type { Facet, RunsFilter } from './filter.ts';
import { facets } from './filter.ts';
import type { SortKey } from './sort.ts';

/** All that a person can set on the page, so that an address can say it. */
export interface RunsView extends RunsFilter {
  /** In their order; absent: the usual ones. */
  readonly columns?: readonly string[];
  /** Parameters in which the runs shown are the same are left out. */
  readonly differing: boolean;
  readonly sort: readonly SortKey[];
  /** Ids of runs that stay on top. */
  readonly pinned: readonly string[];
  readonly group?: string;
  /** Keys of groups whose runs are shown. */
  readonly open: readonly string[];
  /** Ids of runs that are chosen. */
  readonly selected: readonly string[];
}

/** Some of it, anew; `undefined` takes away. */
export type ViewChange = { readonly [Part in keyof RunsView]?: RunsView[Part] | undefined };

export const firstView: RunsView = {
  search: '',
  where: '',
  chosen: {},
  differing: false,
  sort: [],
  pinned: [],
  open: [],
  selected: [],
};

/** More than this would be no address any more. */
const longestList = 300;
/** Chosen runs that an address keeps. */
export const mostSelected = 40;

/** `q=forest&where=metrics.roc_auc+%3E+0.9&sort=-metrics.roc_auc`: only what differs from the first view, in one order. */
export function writeView(view: RunsView): string {
  const query = new URLSearchParams();
  const list = (name: string, items: readonly string[]): void => {
    if (items.length > 0) query.set(name, writeList(items));
  };
  if (view.search !== '') query.set('q', view.search);
  for (const facet of facets) list(facet, view.chosen[facet] ?? []);
  if (view.where !== '') query.set('where', view.where);
  if (view.sort.length > 0) {
    const keys = view.sort.map(
      ({ field, descending }) => `${descending ? '-' : ''}${escaped(field).replace(/^-/, '\\-')}`,
    );
    query.set('sort', keys.join(','));
  }
  if (view.group !== undefined) query.set('group', view.group);
  list('open', view.open);
  if (view.differing) query.set('differing', 'yes');
  if (view.columns !== undefined) query.set('columns', writeList(view.columns));
  list('pin', view.pinned);
  list('selected', view.selected.slice(0, mostSelected));
  return query.toString().replaceAll('%2C', ',').replaceAll('%2F', '/').replaceAll('%3A', ':');
}

export interface ReadView {
  readonly view: RunsView;
  /** What was left out, for people. */
  readonly problems: readonly string[];
}

const names = ['q', 'where', 'sort', 'group', 'open', 'differing', 'columns', 'pin', 'selected', ...facets];

/** Never fails: what cannot be read is left out and told. */
export function readView(search: string): ReadView {
  const query = new URLSearchParams(search);
  const problems: string[] = [];
  for (const name of new Set(query.keys())) {
    if (!names.includes(name)) problems.push(`“${short(name)}” is nothing that this page knows`);
    else if (query.getAll(name).length > 1) problems.push(`“${name}” stands there twice; the first counts`);
  }
  const list = (name: string): readonly string[] => {
    const items = readList(query.get(name) ?? '');
    if (items.length <= longestList) return items;
    problems.push(`“${name}” has more than ${longestList} values; the first ${longestList} count`);
    return items.slice(0, longestList);
  };
  const differing = query.get('differing');
  if (differing !== null && differing !== 'yes')
    problems.push(`“differing” is yes or absent, not “${short(differing)}”`);
  const chosen: Partial<Record<Facet, readonly string[]>> = {};
  for (const facet of facets) {
    const values = unique(list(facet));
    if (values.length > 0) chosen[facet] = values;
  }
  const group = query.get('group');
  return {
    view: {
      search: query.get('q') ?? '',
      where: query.get('where') ?? '',
      chosen,
      differing: differing === 'yes',
      sort: sortOf(rawList(query.get('sort') ?? '').slice(0, 20)),
      pinned: unique(list('pin')),
      open: unique(list('open')),
      selected: unique(list('selected')),
      ...(group === null || group === '' ? {} : { group }),
      ...(query.has('columns') ? { columns: unique(list('columns')) } : {}),
    },
    problems,
  };
}

function sortOf(items: readonly string[]): readonly SortKey[] {
  const keys = items.map((item) => {
    const descending = item.startsWith('-');
    return { field: unescaped(descending ? item.slice(1) : item), descending };
  });
  return keys.filter(({ field }, i) => field !== '' && keys.findIndex((key) => key.field === field) === i);
}

/** Columns, orders and groups that the runs do not have, taken out and told. */
export function knownPart({ view, problems }: ReadView, isField: (field: string) => boolean): ReadView {
  const told = [...problems];
  const known = (field: string, what: string): boolean => {
    if (isField(field)) return true;
    told.push(`No run has “${short(field)}”, which the address names as ${what}`);
    return false;
  };
  const { columns, group, ...rest } = view;
  const shown = columns?.filter((field) => known(field, 'a column'));
  // All of them unknown: the usual ones are more use than none.
  const keeps = shown !== undefined && (shown.length > 0 || columns!.length === 0);
  return {
    view: {
      ...rest,
      sort: view.sort.filter(({ field }) => known(field, 'its order')),
      ...(keeps ? { columns: shown } : {}),
      ...(group !== undefined && known(group, 'its group') ? { group } : {}),
    },
    problems: told,
  };
}

/** Items that may have commas in them; one empty item is told from none by a mark. */
function writeList(items: readonly string[]): string {
  return items.length === 1 && items[0] === '' ? '\\' : items.map(escaped).join(',');
}

function readList(text: string): readonly string[] {
  return rawList(text).map(unescaped);
}

function rawList(text: string): readonly string[] {
  if (text === '') return [];
  const items = [''];
  for (let i = 0; i < text.length; i++) {
    if (text[i] === ',') items.push('');
    else if (text[i] === '\\') items[items.length - 1] += text.slice(i, ++i + 1);
    else items[items.length - 1] += text[i]!;
  }
  return items;
}

function escaped(item: string): string {
  return item.replace(/[\\,]/g, '\\$&');
}

function unescaped(item: string): string {
  return item.replace(/\\([\s\S]?)/g, '$1');
}

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)];
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
