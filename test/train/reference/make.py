"""Writes the reference values of scikit-learn that the tests of src/train compare with.

    python test/train/reference/make.py          (with the packages of bench/requirements.txt)

Data are not written but made again by the tests: both sides draw from the same integer generator (`Draws`, mulberry32)
and use only additions and products, so that every double is the same in Python and JavaScript.
"""

import json
from pathlib import Path

import numpy
import sklearn
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score
from sklearn.tree import DecisionTreeRegressor

mask = 0xFFFFFFFF


class Draws:
    """mulberry32: uniform multiples of 2^-32."""

    def __init__(self, seed):
        self.state = seed & mask

    def uniform(self):
        self.state = (self.state + 0x6D2B79F5) & mask
        z = self.state
        z = ((z ^ (z >> 15)) * (z | 1)) & mask
        z ^= (z + (((z ^ (z >> 7)) * (z | 61)) & mask)) & mask
        return (z ^ (z >> 14)) / 4294967296

    def bell(self):
        return self.uniform() + self.uniform() + self.uniform() + self.uniform() - 2.0


def make_rows(seed, rows, columns, steps):
    """Columns of bell-shaped numbers; with `steps`, rounded to so many steps a unit."""
    draws = Draws(seed)
    x = numpy.empty((rows, columns))
    noise = numpy.empty(rows)
    for i in range(rows):
        for j in range(columns):
            value = draws.bell()
            x[i, j] = numpy.floor(value * steps) / steps if steps else value
        noise[i] = draws.bell()
    return x, noise


def small_cases():
    x, noise = make_rows(11, 120, 4, 0)
    x[:, 1] = x[:, 1] * 40 + 1000
    x[:, 2] = x[:, 2] * 0.01
    linear = x[:, 0] * 2 - (x[:, 1] - 1000) * 0.05 + x[:, 2] * 80 + noise
    weights = numpy.array([0.5 + (i % 5) * 0.5 for i in range(120)])
    binary = (linear > 0).astype(int)
    several = numpy.where(linear < -1, 0, numpy.where(linear < 0.5, 1, 2))
    cases = []
    for name, labels in (("binary", binary), ("several", several)):
        for l2 in (1.0, 0.01, 10.0):
            for weighted in (False, True):
                model = fit_logistic(x, labels, l2, weights if weighted else None)
                cases.append(
                    {
                        "task": name,
                        "l2": l2,
                        "weighted": weighted,
                        "probabilities": model.predict_proba(x)[:20].ravel().tolist(),
                    }
                )
    ridges = []
    for l2 in (0.0, 0.1, 1.0, 1000.0):
        for weighted in (False, True):
            model = Ridge(alpha=l2, solver="cholesky", tol=1e-14)
            model.fit(x, linear, sample_weight=weights if weighted else None)
            ridges.append({"l2": l2, "weighted": weighted, "values": model.predict(x)[:20].tolist()})
    return {"logistic": cases, "ridge": ridges}


def fit_logistic(x, labels, l2, weights):
    best = None
    for solver in ("lbfgs", "newton-cg", "newton-cholesky"):
        model = LogisticRegression(C=1 / l2, solver=solver, tol=1e-13, max_iter=1_000_000)
        model.fit(x, labels, sample_weight=weights)
        p = model.predict_proba(x)[numpy.arange(len(labels)), labels]
        w = numpy.ones(len(labels)) if weights is None else weights
        coefficients = model.coef_
        value = -(w * numpy.log(p)).sum() + l2 / 2 * (coefficients**2).sum()
        if best is None or value < best[0]:
            best = (value, model)
    return best[1]


def exact_trees():
    """Few distinct values, so that histograms are exact; answers on the training rows."""
    x, noise = make_rows(21, 300, 5, 16)
    values = x[:, 0] * x[:, 1] + x[:, 2] * 2 + noise * 0.5
    x_gaps = x.copy()
    for i in range(0, 300, 7):
        x_gaps[i, 2] = numpy.nan
    labels = (values > 0).astype(int)
    weights = numpy.array([0.5 + (i % 3) for i in range(300)])
    settings = dict(
        max_iter=20,
        learning_rate=0.2,
        max_depth=4,
        max_leaf_nodes=None,
        min_samples_leaf=5,
        l2_regularization=1.0,
        early_stopping=False,
    )
    tree = DecisionTreeRegressor(max_depth=5, min_samples_leaf=3, random_state=0).fit(x, values)
    tree_weighted = DecisionTreeRegressor(max_depth=5, min_samples_leaf=3, random_state=0)
    tree_weighted.fit(x, values, sample_weight=weights)
    boosted = HistGradientBoostingRegressor(**settings).fit(x, values)
    gaps = HistGradientBoostingRegressor(**settings).fit(x_gaps, values)
    best_first = dict(settings, max_depth=None, max_leaf_nodes=7)
    leaves = HistGradientBoostingRegressor(**best_first).fit(x, values)
    classed = HistGradientBoostingClassifier(**settings).fit(x, labels)
    take = slice(0, 60)
    return {
        "tree": tree.predict(x)[take].tolist(),
        "treeWeighted": tree_weighted.predict(x)[take].tolist(),
        "boosted": boosted.predict(x)[take].tolist(),
        "boostedLeaves": leaves.predict(x)[take].tolist(),
        "boostedGaps": gaps.predict(x_gaps)[take].tolist(),
        "boostedClasses": classed.predict_proba(x)[take, 1].tolist(),
    }


effects = [2.0, -1.0, 0.0, 1.0, -2.0, 3.0, 0.0, -3.0, 1.0, 0.0, -1.0, 2.0]


def quality_rows(seed, rows):
    """Eight numbers, a category of 12, gaps in the first column that mean something, and noise."""
    draws = Draws(seed)
    x = numpy.empty((rows, 9))
    target = numpy.empty(rows)
    for i in range(rows):
        for j in range(8):
            x[i, j] = draws.bell()
        x[i, 8] = numpy.floor(draws.uniform() * 12)
        noise = draws.bell()
        target[i] = (
            x[i, 0] * x[i, 1] * 2 + x[i, 2] * x[i, 2] - x[i, 3] + (1.0 if x[i, 4] > 0.3 else 0.0)
        ) + effects[int(x[i, 8])] * 0.5 + noise
        if draws.uniform() < 0.2:
            x[i, 0] = numpy.nan
            target[i] = target[i] + 1.0
    return x, target


def quality():
    train_x, train_t = quality_rows(31, 2000)
    test_x, test_t = quality_rows(32, 2000)
    weights = numpy.array([0.25 if i % 3 == 0 else 1.5 for i in range(2000)])
    boosting = dict(max_iter=100, max_depth=6, max_leaf_nodes=None, l2_regularization=1.0, early_stopping=False)
    boosting["categorical_features"] = [8]
    results = {}

    def binary(name, model, sample_weight=None):
        model.fit(train_x, train_t > 0.5, sample_weight=sample_weight)
        scores = model.predict_proba(test_x)[:, 1]
        results[name] = {
            "auc": roc_auc_score(test_t > 0.5, scores, sample_weight=sample_weight),
            "logLoss": log_loss(test_t > 0.5, scores, sample_weight=sample_weight),
        }

    def several(name, model):
        classes = lambda t: numpy.where(t < -0.5, 0, numpy.where(t < 0.5, 1, numpy.where(t < 1.5, 2, 3)))
        model.fit(train_x, classes(train_t))
        results[name] = {"logLoss": log_loss(classes(test_t), model.predict_proba(test_x))}

    def regression(name, model):
        model.fit(train_x, train_t)
        results[name] = {"rmse": mean_squared_error(test_t, model.predict(test_x)) ** 0.5}

    forest = dict(n_estimators=100, n_jobs=2, random_state=1)
    binary("boostingBinary", HistGradientBoostingClassifier(**boosting))
    binary("boostingWeighted", HistGradientBoostingClassifier(**boosting), weights)
    several("boostingSeveral", HistGradientBoostingClassifier(**boosting))
    regression("boostingRegression", HistGradientBoostingRegressor(**boosting))
    stopping = dict(boosting, max_iter=1000, early_stopping=True, n_iter_no_change=10, random_state=1)
    binary("boostingStopping", HistGradientBoostingClassifier(**stopping))
    binary("forestBinary", RandomForestClassifier(**forest))
    binary("forestWeighted", RandomForestClassifier(**forest), weights)
    several("forestSeveral", RandomForestClassifier(min_samples_leaf=3, **forest))
    regression("forestRegression", RandomForestRegressor(max_features=3, **forest))
    return results


if __name__ == "__main__":
    content = {
        "origin": f"scikit-learn {sklearn.__version__}, NumPy {numpy.__version__}",
        "small": small_cases(),
        "exact": exact_trees(),
        "quality": quality(),
    }
    path = Path(__file__).with_name("scikit-learn.json")
    path.write_text(json.dumps(content, indent=1) + "\n")
