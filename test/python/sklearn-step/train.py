"""The step of a user who works with scikit-learn: reads the training rows, writes a model and what it thinks of itself."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

out = Path(os.environ["TRAINYARD_OUT"])
params = json.loads(os.environ["TRAINYARD_PARAMS"])

numbers = ["age", "trestbps", "chol", "thalach", "oldpeak", "ca"]
texts = ["sex", "cp", "restecg", "slope", "thal"]
rows = pd.read_csv(os.environ["TRAINYARD_DATA_PATIENTS"], dtype={name: str for name in texts})
rows[texts] = rows[texts].fillna("").astype(object)
rows[numbers] = rows[numbers].astype(np.float32)

model = make_pipeline(
    ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore"), texts),
        ]
    ),
    LogisticRegression(max_iter=1000, random_state=params["seed"]),
)
model.fit(rows[numbers + texts], rows["diagnosis"])
types = [(name, FloatTensorType([None, 1])) for name in numbers]
types += [(name, StringTensorType([None, 1])) for name in texts]
(out / "sklearn/model.onnx").write_bytes(
    to_onnx(model, initial_types=types, target_opset=18).SerializeToString()
)
auc = roc_auc_score(rows["diagnosis"], model.predict_proba(rows[numbers + texts])[:, 1])
(out / "sklearn/metrics.json").write_text(json.dumps({"train": {"roc_auc": auc, "rows": len(rows)}}))
print(f"{len(rows)} rows, ROC AUC on them {auc:.3f}")
