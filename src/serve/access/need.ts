/** What an identity may be allowed to do with a model. */
export type Permission = 'predict' | 'feedback' | 'metrics' | 'admin';

/** What a route asks of whoever calls it: nothing, to be known, or a permission. */
export type Need = 'open' | 'known' | Permission;

/** Somebody who asks, as the access file names them. */
export interface Identity {
  /** `key:shop` or `token:<issuer>:<subject>`; never the secret. */
  readonly name: string;
  may(permission: Permission, model: string | undefined): boolean;
}
