export const overviewFile = 'overview.json';
//# sourceMappingURL=overview.js.map