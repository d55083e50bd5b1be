export type { GithubFailure } from './failures.ts';
export type { GithubBranchOptions } from './open-github-branch.ts';
export { openGithubBranch } from './open-github-branch.ts';
export type { GithubForge, GithubForgeOptions } from './open-github-forge.ts';
export { openGithubForge } from './open-github-forge.ts';
