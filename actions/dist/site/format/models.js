export const modelsFile = 'models.json';
//# sourceMappingURL=models.js.map