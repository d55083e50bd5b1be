"""A user's training script: a ColumnTransformer pipeline on raw columns, exported by skl2onnx as it comes.

Arguments: CSV of training rows, CSV of held-out rows, path of the model. Writes to standard output what scikit-learn
itself says of the held-out rows.
"""

import json
import sys

import numpy as np
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn import metrics as m
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

numbers = ["age", "trestbps", "chol", "thalach", "oldpeak", "ca"]
texts = ["sex", "cp", "restecg", "slope", "thal"]
columns = numbers + texts
train_file, held_out_file, model_file = sys.argv[1:]


def read(path):
    frame = pd.read_csv(path, dtype={name: str for name in texts})
    frame[texts] = frame[texts].fillna("").astype(object)
    # What the exported model sees: single precision.
    frame[numbers] = frame[numbers].astype(np.float32)
    return frame


train, held_out = read(train_file), read(held_out_file)
pipeline = make_pipeline(
    ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore"), texts),
        ]
    ),
    LogisticRegression(max_iter=1000),
)
pipeline.fit(train[columns], train["diagnosis"])
types = [(name, FloatTensorType([None, 1])) for name in numbers]
types += [(name, StringTensorType([None, 1])) for name in texts]
with open(model_file, "wb") as file:
    file.write(to_onnx(pipeline, initial_types=types, target_opset=18).SerializeToString())

truth = held_out["diagnosis"]
probability = pipeline.predict_proba(held_out[columns])[:, 1]
label = pipeline.predict(held_out[columns])
json.dump(
    {
        "roc_auc": m.roc_auc_score(truth, probability),
        "average_precision": m.average_precision_score(truth, probability),
        "log_loss": m.log_loss(truth, probability),
        "brier": m.brier_score_loss(truth, probability),
        "accuracy": m.accuracy_score(truth, label),
        "recall": m.recall_score(truth, label),
        "precision": m.precision_score(truth, label),
    },
    sys.stdout,
)
