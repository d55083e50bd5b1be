"""Scores a Parquet file the usual way: pandas, ONNX Runtime, pandas. `peer.py <model> <input> <output> <rows of a call>`."""

import json
import resource
import sys
import time

started = time.perf_counter()

import numpy
import onnxruntime
import pandas

model, source, target, step = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 2
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
frame = pandas.read_parquet(source)
step = step or len(frame)


def column(port):
    values = frame[port.name]
    if "string" in port.type:
        return values.fillna("").to_numpy(dtype=object).reshape(-1, 1)
    return values.to_numpy(dtype=numpy.float64).reshape(-1, 1)


columns = {port.name: column(port) for port in session.get_inputs()}
answers = [
    session.run(["label", "probabilities"], {name: values[at : at + step] for name, values in columns.items()})
    for at in range(0, len(frame), step)
]
labels = numpy.concatenate([label.ravel() for label, _ in answers])
probabilities = numpy.concatenate([each for _, each in answers])
pandas.DataFrame(
    {
        "patient_id": frame["patient_id"],
        "label": labels,
        "probability_0": probabilities[:, 0],
        "probability_1": probabilities[:, 1],
    }
).to_parquet(target, compression="zstd")
print(
    json.dumps(
        {
            "seconds": time.perf_counter() - started,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "cpu": time.process_time(),
            "version": f"onnxruntime {onnxruntime.__version__}, pandas {pandas.__version__}",
        }
    )
)
