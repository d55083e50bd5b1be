/** `store.json`: where the bytes of artifacts are, and which logs of steps are in the site. */
export interface StoreFile {
  readonly version: 1;
  /** Absent for a folder outside of the repository: its path says something of one machine only. */
  readonly place?: StoreAt;
  /** By the digest of the artifact `log`, without its kind. */
  readonly logs: Readonly<Record<string, LogFacts>>;
}

export type StoreAt =
  /** Relative to the root of the repository. */
  | { readonly kind: 'folder'; readonly folder: string }
  | { readonly kind: 'bucket'; readonly bucket: string; readonly prefix: string }
  | { readonly kind: 'registry'; readonly host: string; readonly repository: string };

export interface LogFacts {
  /** Of the whole log. */
  readonly bytes: number;
  /** Its middle is left out in the site. */
  readonly cut?: true;
}

export const storeFile = 'store.json';

/** Where the text of a log is; `hex` is its digest without the kind. */
export function logFile(hex: string): string {
  return `logs/${hex}.txt`;
}
