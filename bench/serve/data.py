"""Writes the 30 columns of scikit-learn's breast cancer data (UCI, CC BY 4.0) as a CSV file: `data.py <file>`."""

import sys

from sklearn.datasets import load_breast_cancer

frame = load_breast_cancer(as_frame=True).frame
frame.columns = [name.replace(" ", "_") for name in frame.columns]
frame.insert(0, "id", [f"T{n:04}" for n in range(len(frame))])
frame.to_csv(sys.argv[1], index=False)
