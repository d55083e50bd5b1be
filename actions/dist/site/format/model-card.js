export {};
//# sourceMappingURL=model-card.js.map