import { receiveAction, runAction } from '../../src/actions/index.ts';

await runAction(receiveAction);
