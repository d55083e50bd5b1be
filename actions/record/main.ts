import { recordAction, runAction } from '../../src/actions/index.ts';

await runAction(recordAction);
