import { fileURLToPath } from 'node:url';
import { race } from '../trees/race.mjs';

/** Random forest against scikit-learn: how many times faster. Build first; BENCH_PYTHON names the peer's Python. */
await race({
  estimator: 'random-forest',
  options: { trees: 100, 'max-depth': 12, 'max-features': 'sqrt' },
  peer: 'scikit-learn',
  peerScript: fileURLToPath(new URL('./peer.py', import.meta.url)),
  measure: (ours, theirs) => ({ value: theirs / ours, good: theirs / ours >= 3 }),
  required: 'at least 3 times faster than scikit-learn (ratio = theirs / ours)',
});
