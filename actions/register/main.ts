import { registerAction, runAction } from '../../src/actions/index.ts';

await runAction(registerAction);
