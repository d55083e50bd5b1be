import { runServerFile } from './run-server-file.ts';

await runServerFile(new URL(import.meta.url));
