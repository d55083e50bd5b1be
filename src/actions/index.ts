import type { Action } from './action.ts';
import { deployAction } from './deploy.ts';
import { planAction } from './plan.ts';
import { promoteAction } from './promote.ts';
import { receiveAction } from './receive.ts';
import { recordAction } from './record.ts';
import { registerAction } from './register.ts';
import { reportAction } from './report.ts';
import { setupAction } from './setup.ts';
import { siteAction } from './site.ts';
import { trainAction } from './train.ts';
import { validateAction } from './validate.ts';

export { actionFile, actionsPage } from './action-file.ts';
export { deployAction } from './deploy.ts';
export { planAction } from './plan.ts';
export { promoteAction } from './promote.ts';
export { receiveAction } from './receive.ts';
export { recordAction } from './record.ts';
export { registerAction } from './register.ts';
export { reportAction } from './report.ts';
export { runAction } from './run-action.ts';
export { setupAction } from './setup.ts';
export { siteAction } from './site.ts';
export { trainAction } from './train.ts';
export { validateAction } from './validate.ts';

/** All of them, in the order of a model's life. */
export const actions: readonly Action[] = [
  setupAction,
  receiveAction,
  planAction,
  validateAction,
  trainAction,
  recordAction,
  reportAction,
  registerAction,
  promoteAction,
  deployAction,
  siteAction,
];
