export const datasetsFile = 'datasets.json';
//# sourceMappingURL=datasets.js.map