"""LightGBM with the settings of run.mjs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "trees"))

import lightgbm
from peer_data import serve

serve(
    f"LightGBM {lightgbm.__version__}",
    lambda threads: lightgbm.LGBMClassifier(
        n_estimators=100,
        max_depth=6,
        num_leaves=64,
        learning_rate=0.1,
        min_child_samples=20,
        reg_lambda=0.0,
        max_bin=255,
        n_jobs=threads,
        random_state=1,
        verbose=-1,
    ),
)
