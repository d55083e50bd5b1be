export type * from './dataset.ts';
export type * from './profile.ts';
