import { packageFile } from '../base/index.ts';

/** The script that Node runs for a built-in step: see main.ts. */
export const stepEntry: URL = packageFile('dist/bin/step.js');
