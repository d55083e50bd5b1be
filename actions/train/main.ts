import { runAction, trainAction } from '../../src/actions/index.ts';

await runAction(trainAction);
