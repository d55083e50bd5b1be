"""scikit-learn's random forest with the settings of run.mjs."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "trees"))

import sklearn
from peer_data import serve
from sklearn.ensemble import RandomForestClassifier

serve(
    f"scikit-learn {sklearn.__version__}",
    lambda threads: RandomForestClassifier(
        n_estimators=100, max_depth=12, max_features="sqrt", n_jobs=threads, random_state=1
    ),
)
