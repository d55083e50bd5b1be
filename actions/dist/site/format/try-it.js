/** What is pasted is for a look: beyond this it is work for `trainyard predict`. The same number of rows as a request may have. */
export const csvLimits = { rows: 10_000, columns: 1000, characters: 20_000_000 };
//# sourceMappingURL=try-it.js.map