import { runAction, siteAction } from '../../src/actions/index.ts';

await runAction(siteAction);
