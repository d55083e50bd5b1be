import fc from 'fast-check';

/** Random tests repeat themselves: a red run can be run again. `FUZZ_SEED=$RANDOM npm test` looks elsewhere. */
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED'] ?? 20261121) });
