import { fileURLToPath } from 'node:url';
import { race } from '../trees/race.mjs';

/** Gradient boosting against LightGBM: time divided by LightGBM's. Build first; BENCH_PYTHON names the peer's Python. */
await race({
  estimator: 'gradient-boosting',
  options: { trees: 100, 'max-depth': 6, 'learning-rate': 0.1, 'min-samples-leaf': 20, l2: 0 },
  peer: 'LightGBM',
  peerScript: fileURLToPath(new URL('./peer.py', import.meta.url)),
  measure: (ours, theirs) => ({ value: ours / theirs, good: ours / theirs <= 2 }),
  required: 'at most 2 times the time of LightGBM (ratio = ours / theirs)',
});
