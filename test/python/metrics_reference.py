"""What scikit-learn says of samples: reads cases as JSON from standard input, writes one answer a case."""

import json
import sys
import warnings

import numpy as np
from sklearn import metrics as m
from sklearn.calibration import calibration_curve


def ece_of(outcome, probability):
    observed, predicted = calibration_curve(outcome, probability, n_bins=10, pos_label=1)
    bins = np.searchsorted(np.linspace(0.0, 1.0, 11)[1:-1], probability)
    counts = np.bincount(bins, minlength=10)
    counts = counts[counts > 0]
    ece = float(np.sum(counts / len(outcome) * np.abs(observed - predicted)))
    return ece, {"predicted": predicted.tolist(), "observed": observed.tolist()}


def binary(case, truth, labels, probabilities):
    positive = case["positive"]
    y = (truth == positive).astype(int)
    said = (labels == positive).astype(int)
    p = probabilities[:, positive]
    some, both = y.sum() > 0, 0 < y.sum() < len(y)
    ece, calibration = ece_of(y, p)
    answer = {
        "metrics": {
            "roc_auc": m.roc_auc_score(y, p) if both else None,
            "average_precision": m.average_precision_score(y, p) if some else None,
            "log_loss": m.log_loss(truth, probabilities, labels=[0, 1]),
            "brier": m.brier_score_loss(y, p, pos_label=1),
            "ece": ece,
            "accuracy": m.accuracy_score(y, said),
            "balanced_accuracy": m.balanced_accuracy_score(y, said) if both else None,
            "precision": m.precision_score(y, said) if said.sum() > 0 else None,
            "recall": m.recall_score(y, said) if some else None,
            "f1": m.f1_score(y, said) if some else None,
        },
        "calibration": calibration,
    }
    if both:
        fpr, tpr, _ = m.roc_curve(y, p, drop_intermediate=False)
        answer["roc"] = {"fpr": fpr.tolist(), "tpr": tpr.tolist()}
    if some:
        precision, recall, _ = m.precision_recall_curve(y, p)
        answer["precisionRecall"] = {"recall": recall[::-1].tolist(), "precision": precision[::-1].tolist()}
    return answer


def multiclass(case, truth, labels, probabilities):
    width = len(case["classes"])
    names = list(range(width))
    whole = len(set(truth.tolist())) == width
    macro = {"average": "macro", "labels": names, "zero_division": 0}
    ece, calibration = ece_of((probabilities.argmax(axis=1) == truth).astype(int), probabilities.max(axis=1))
    one_hot = np.eye(width)[truth]
    return {
        "metrics": {
            "roc_auc": m.roc_auc_score(truth, probabilities, multi_class="ovr", labels=names) if whole else None,
            "average_precision": m.average_precision_score(one_hot, probabilities, average="macro") if whole else None,
            "log_loss": m.log_loss(truth, probabilities, labels=names),
            "brier": m.brier_score_loss(truth, probabilities, labels=names),
            "ece": ece,
            "accuracy": m.accuracy_score(truth, labels),
            "balanced_accuracy": m.balanced_accuracy_score(truth, labels) if whole else None,
            "precision": m.precision_score(truth, labels, **macro) if whole else None,
            "recall": m.recall_score(truth, labels, **macro) if whole else None,
            "f1": m.f1_score(truth, labels, **macro) if whole else None,
        },
        "calibration": calibration,
    }


def regression(case):
    truth, predicted = np.array(case["truth"], dtype=float), np.array(case["predicted"], dtype=float)
    varied = len(set(truth.tolist())) > 1
    return {
        "metrics": {
            "rmse": m.root_mean_squared_error(truth, predicted),
            "mae": m.mean_absolute_error(truth, predicted),
            "r2": m.r2_score(truth, predicted) if varied else None,
            "mape": m.mean_absolute_percentage_error(truth, predicted) if np.all(truth != 0) else None,
        }
    }


def answer(case):
    if case["task"] == "regression":
        return regression(case)
    truth, labels = np.array(case["truth"]), np.array(case["labels"])
    probabilities = np.array(case["probabilities"], dtype=float).reshape(len(truth), len(case["classes"]))
    return (binary if "positive" in case else multiclass)(case, truth, labels, probabilities)


warnings.simplefilter("ignore")
json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
