/** The script that Node runs for a built-in step: see main.ts. */
export const stepEntry: URL = new URL('./main.js', import.meta.url);
