export const siteFile = 'site.json';
//# sourceMappingURL=site-file.js.map