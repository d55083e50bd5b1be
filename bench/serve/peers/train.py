"""Trains the equal model with scikit-learn: `train.py <csv> <target> <options as JSON> <folder>`.

Writes `model.joblib` for FastAPI and BentoML, and `mlflow/` for MLflow when it is installed.
"""

import json
import sys
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

path, target, options, folder = sys.argv[1:]
options = json.loads(options)
frame = pd.read_csv(path, na_values=[""]).dropna()
x = frame.drop(columns=[frame.columns[0], target])
texts = [name for name in x.columns if not pd.api.types.is_numeric_dtype(x[name])]
x = x.astype({name: "float64" for name in x.columns if name not in texts})
model = make_pipeline(
    make_column_transformer((OneHotEncoder(sparse_output=False), texts), remainder="passthrough"),
    HistGradientBoostingClassifier(
        max_iter=options["trees"],
        max_depth=options["max-depth"],
        learning_rate=options["learning-rate"],
        min_samples_leaf=options["min-samples-leaf"],
        l2_regularization=options["l2"],
        max_leaf_nodes=None,
        early_stopping=False,
    ),
)
model.fit(x, frame[target])
Path(folder).mkdir(parents=True, exist_ok=True)
joblib.dump(model, Path(folder) / "model.joblib")
columns = {name: "str" if name in texts else "float" for name in x.columns}
(Path(folder) / "columns.json").write_text(json.dumps(columns))
try:
    import mlflow.sklearn
except ImportError:
    pass
else:
    mlflow.sklearn.save_model(
        model,
        str(Path(folder) / "mlflow"),
        pyfunc_predict_fn="predict_proba",
        skops_trusted_types=["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"],
    )
