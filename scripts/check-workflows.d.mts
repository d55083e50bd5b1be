import type { Finding } from './workflows/finding.d.mts';

/** What is wrong with the workflows and actions of a folder, in the order of files and lines. */
export function checkWorkflows(folder: string): Promise<readonly Finding[]>;
