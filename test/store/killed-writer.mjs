// Stores one blob after the other until it is killed; says when it has begun. Runs the compiled code.
import { openStore } from '../../dist/store/index.js';

const store = await openStore('file:store', { root: process.argv[2] });
if (!store.ok) throw new Error(store.failure.message);
process.stdout.write('writing\n');
for (let i = 0; ; i++) {
  const put = await store.value.putBytes(Buffer.alloc(400_000, `blob ${i} of ${process.pid} `));
  if (!put.ok) throw new Error(put.failure.message);
}
