export const storeFile = 'store.json';
/** Where the text of a log is; `hex` is its digest without the kind. */
export function logFile(hex) {
    return `logs/${hex}.txt`;
}
//# sourceMappingURL=step-logs.js.map