import type { Action } from './action.ts';
import { setupAction } from './setup.ts';
import { validateAction } from './validate.ts';

export { actionFile, actionsPage } from './action-file.ts';
export { runAction } from './run-action.ts';
export { setupAction } from './setup.ts';
export { validateAction } from './validate.ts';

/** All of them, in the order of a model's life. */
export const actions: readonly Action[] = [setupAction, validateAction];
