// Stores a file, forgets the cache and copies the file out again; prints the most memory that it took, in MiB. Runs the compiled code.
import { rmSync } from 'node:fs';
import { openStore } from '../../dist/store/index.js';

const [url, root, file, copy] = process.argv.slice(2);
const store = await openStore(url, { root, env: process.env });
if (!store.ok) throw new Error(store.failure.message);
const put = await store.value.putFile(file);
if (!put.ok) throw new Error(put.failure.message);
rmSync(`${root}/.trainyard`, { recursive: true });
const copied = await store.value.copyTo(put.value.digest, copy);
if (!copied.ok) throw new Error(copied.failure.message);
process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
