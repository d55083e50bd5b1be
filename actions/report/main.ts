import { reportAction, runAction } from '../../src/actions/index.ts';

await runAction(reportAction);
