#!/usr/bin/env python3
"""churn.py BUILD [CUSTOMERS]: the chance of leaving by winback's trees and blend beside scikit-learn's histogram boosting, on
the same matrix and folds in the same run, both on one thread, where python3-sklearn is installed. Seconds to train and AUC out of fold."""
import pathlib
import subprocess
import sys
import tempfile

build = pathlib.Path(sys.argv[1]).resolve()
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000

PEER = """
import sys, time
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier as Boost
from sklearn.metrics import roc_auc_score, brier_score_loss
data = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
fold, y, x = data[:, 0].astype(int), data[:, 1], data[:, 2:]
seconds, p = 0, np.zeros(len(y))
for f in range(5):
    start = time.monotonic()
    model = Boost(max_iter=220, max_depth=3, learning_rate=0.04, min_samples_leaf=40, l2_regularization=5, early_stopping=False).fit(x[fold != f], y[fold != f])
    seconds += time.monotonic() - start
    p[fold == f] = model.predict_proba(x[fold == f])[:, 1]
print(seconds, roc_auc_score(y, p), brier_score_loss(y, p))
"""


def ran(*arguments):
    process = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if process.returncode != 0:
        sys.exit(f"a measured program failed: {process.stderr.strip()[-400:]}")
    return process.stdout


with tempfile.TemporaryDirectory() as folder:
    table = pathlib.Path(folder) / "matrix.csv"
    found = {}
    for line in ran(build / "bench/churn_matrix", rows, table).splitlines():
        name, seconds, area, brier = line.split()
        found[name] = float(seconds)
        print(f"winback {name:<9} {rows:,} x 51, 5 folds: {float(seconds):6.2f} s to train, AUC {float(area):.4f}, Brier {float(brier):.4f}")
    python = next((p for p in (sys.executable, "/usr/bin/python3") if subprocess.run([p, "-c", "import sklearn"], capture_output=True).returncode == 0), None)
    if python is None:
        print("scikit-learn: skipped, python3-sklearn is not installed")
    else:
        seconds, area, brier = map(float, ran("env", "OMP_NUM_THREADS=1", python, "-c", PEER, table).split())
        print(f"scikit-learn boosting, the same rows and folds:  {seconds:6.2f} s to train, AUC {area:.4f}, Brier {brier:.4f}; ratio {seconds / found['trees']:.2f}x")
