/** A JSON Schema (draft 7), as data. */
export type Schema = Readonly<Record<string, unknown>>;
