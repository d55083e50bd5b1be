"""The usual FastAPI server of a scikit-learn model: pydantic checks the row, pandas makes a frame of it."""

import json
import os
from pathlib import Path

import joblib
import pandas as pd
from fastapi import FastAPI
from pydantic import create_model

folder = Path(os.environ["PEER_FOLDER"])
model = joblib.load(folder / "model.joblib")
columns = json.loads((folder / "columns.json").read_text())
Row = create_model("Row", **{name: ({"str": str, "float": float}[kind], ...) for name, kind in columns.items()})
app = FastAPI()


@app.post("/predict")
async def predict(row: Row):
    frame = pd.DataFrame([row.model_dump()])
    return {"probabilities": model.predict_proba(frame)[0].tolist()}
