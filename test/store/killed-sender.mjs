// Stores one blob after the other in a shared store until it is killed; names each that the store has taken. Runs the compiled code.
import { writeSync } from 'node:fs';
import { openStore } from '../../dist/store/index.js';

const [url, root] = process.argv.slice(2);
const store = await openStore(url, { root, env: process.env });
if (!store.ok) throw new Error(store.failure.message);
for (let i = 0; ; i++) {
  const put = await store.value.putBytes(
    Buffer.alloc(i % 3 === 2 ? 20_000_000 : 300_000, `blob ${i} of ${process.pid} `),
  );
  if (!put.ok) throw new Error(put.failure.message);
  writeSync(1, `${put.value.digest}\n`);
}
