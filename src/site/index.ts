export type { SiteBuild, SiteReport } from './build-site.ts';
export { buildSite } from './build-site.ts';
export type { PagesToCheck } from './check/check-pages.ts';
export { checkPages } from './check/check-pages.ts';
export type { DevEvent, SiteDev } from './dev-site.ts';
export { devSite } from './dev-site.ts';
export type { SiteFailure } from './failures.ts';
export type { PackedVersion, SiteSources } from './sources.ts';
