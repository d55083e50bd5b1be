"""The usual BentoML service of a scikit-learn model."""

import json
import os
from pathlib import Path

import bentoml
import joblib
import pandas as pd
from pydantic import create_model

folder = Path(os.environ["PEER_FOLDER"])
columns = json.loads((folder / "columns.json").read_text())
Row = create_model("Row", **{name: ({"str": str, "float": float}[kind], ...) for name, kind in columns.items()})


@bentoml.service(workers=1)
class Model:
    def __init__(self) -> None:
        self.model = joblib.load(folder / "model.joblib")

    @bentoml.api
    def predict(self, row: Row) -> dict:
        frame = pd.DataFrame([row.model_dump()])
        return {"probabilities": self.model.predict_proba(frame)[0].tolist()}
