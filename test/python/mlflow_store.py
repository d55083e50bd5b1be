"""What MLflow reads from a tracking store made of files: the path comes as an argument, the answer is JSON."""

import json
import sys
import warnings

warnings.simplefilter("ignore")

from mlflow.tracking import MlflowClient  # noqa: E402

folder, query = sys.argv[1:]
client = MlflowClient(f"file://{folder}")
experiments = client.search_experiments()
runs = client.search_runs([e.experiment_id for e in experiments], filter_string=query, order_by=["metrics.roc_auc DESC"])
json.dump(
    {
        "experiments": [e.name for e in experiments],
        "runs": [
            {
                "id": run.info.run_id,
                "status": run.info.status,
                "start": run.info.start_time,
                "end": run.info.end_time,
                "params": run.data.params,
                "metrics": run.data.metrics,
                "tags": run.data.tags,
                "artifacts": len(client.list_artifacts(run.info.run_id)),
            }
            for run in runs
        ],
    },
    sys.stdout,
)
