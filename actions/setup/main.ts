import { runAction, setupAction } from '../../src/actions/index.ts';

await runAction(setupAction);
