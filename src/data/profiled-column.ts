/** Up to here everything in a profile is exact. */
export const exactRows = 1_048_576;

/** What the profile's queries know of a column. */
export interface ProfiledColumn {
  readonly name: string;
  readonly type: string;
  readonly personal: boolean;
  /** SQL of the value, NULL where it is missing; numbers are DOUBLE. */
  readonly value: string;
}
