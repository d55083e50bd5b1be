export type { SessionOptions } from './open-session.ts';
export { duckdbVersion, openSession } from './open-session.ts';
export { quoteName, quoteText, quoteTexts } from './quote.ts';
export type { SqlSession, SqlValue } from './session.ts';
export type { Column, NumberColumn, Table, TextColumn } from './table.ts';
