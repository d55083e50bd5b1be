import { deployAction, runAction } from '../../src/actions/index.ts';

await runAction(deployAction);
