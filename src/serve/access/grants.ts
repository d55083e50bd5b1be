import type { Grant, Rate } from './access-file.ts';
import type { Identity, Permission } from './need.ts';

/** An identity with what its grants allow. */
export interface GrantedIdentity extends Identity {
  readonly rate?: Rate;
}

export function identityOf(name: string, grants: readonly Grant[], rate?: Rate): GrantedIdentity {
  return {
    name,
    may: (permission, model) => grants.some((grant) => allows(grant, permission, model)),
    ...(rate === undefined ? {} : { rate }),
  };
}

/** Without a model it is about the server as a whole: a grant for some models does not reach so far. */
function allows(
  { may = ['predict'], models }: Grant,
  permission: Permission,
  model: string | undefined,
): boolean {
  if (!may.includes(permission)) return false;
  if (models === undefined) return true;
  return model !== undefined && models.some((pattern) => fits(pattern, model));
}

function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern;
}
