/** What an identity may be allowed to do with a model. */
export type Permission = 'predict' | 'feedback' | 'metrics' | 'admin';

/** What a route asks of whoever calls it: nothing, to be known, a permission; pages may be opened to everybody. */
export type Need = 'open' | 'known' | 'docs' | Permission;

/** Somebody who asks, as the access file names them. */
export interface Identity {
  /** `key:shop` or `token:<issuer>:<subject>`; never the secret. */
  readonly name: string;
  may(permission: Permission, model: string | undefined): boolean;
}

/** What a route needs that does not say it: to predict with the model in its path, or to be somebody. */
export function needOf({ needs, path }: { readonly needs?: Need; readonly path: string }): Need {
  return needs ?? (path.includes('/:model') ? 'predict' : 'known');
}
