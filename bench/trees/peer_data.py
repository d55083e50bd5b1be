"""Reads what data.mjs wrote, and trains each time that it is asked to."""

import platform
import sys
import time
from pathlib import Path

import numpy
from sklearn.metrics import roc_auc_score


def serve(versions, make):
    folder, threads = Path(sys.argv[1]), int(sys.argv[2])

    def read(name):
        columns = [numpy.fromfile(folder / f"{name}-{j}.f64") for j in range(30)]
        labels = numpy.fromfile(folder / f"{name}-y.i32", dtype="int32")
        return numpy.ascontiguousarray(numpy.column_stack(columns)), labels

    train_x, train_y = read("train")
    test_x, test_y = read("test")
    print(f"Python {platform.python_version()}, {versions}", flush=True)
    for _ in sys.stdin:
        model = make(threads)
        started = time.perf_counter()
        model.fit(train_x, train_y)
        seconds = time.perf_counter() - started
        auc = roc_auc_score(test_y, model.predict_proba(test_x)[:, 1])
        print(seconds, auc, flush=True)
