import { promoteAction, runAction } from '../../src/actions/index.ts';

await runAction(promoteAction);
