import { planAction, runAction } from '../../src/actions/index.ts';

await runAction(planAction);
