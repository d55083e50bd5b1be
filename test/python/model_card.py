"""Reads a model card on standard input as the Hugging Face Hub does, and writes what it found as JSON."""

import json
import sys

from huggingface_hub import EvalResult, ModelCard, ModelCardData
from huggingface_hub.repocard_data import model_index_to_eval_results

text = sys.stdin.read()
card = ModelCard(text, ignore_metadata_errors=False)
data = card.data
results = data.eval_results
assert results and all(isinstance(result, EvalResult) for result in results)
# Through the classes of the Hub and back: nothing is lost, nothing is other than it was.
again = ModelCardData(**{key: value for key, value in data.__dict__.items() if value is not None})
name, round_trip = model_index_to_eval_results(again.to_dict()["model-index"])
assert round_trip == results
assert ModelCard(str(card)).data.to_dict() == data.to_dict()
print(
    json.dumps(
        {
            "name": name,
            "license": data.license,
            "library": data.library_name,
            "task": data.pipeline_tag,
            "tags": data.tags,
            "metrics": data.metrics,
            "results": [
                {
                    "metric": result.metric_type,
                    "value": result.metric_value,
                    "args": result.metric_args,
                    "dataset": result.dataset_name,
                    "split": result.dataset_split,
                    "revision": result.dataset_revision,
                    "task": result.task_type,
                }
                for result in results
            ],
            "text": card.text.strip()[:40],
        }
    )
)
