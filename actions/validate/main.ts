import { runAction, validateAction } from '../../src/actions/index.ts';

await runAction(validateAction);
