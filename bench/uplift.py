#!/usr/bin/env python3
"""uplift.py BUILD [ROWS]: `winback uplift fit` on a random campaign of ROWS × 50 numbers (default 1,000,000) beside a
T-learner of scikit-learn's histogram boosting with five folds, where python3-sklearn is installed. Seconds and peak
memory; the input is the matrix of 4-byte numbers."""
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

build = pathlib.Path(sys.argv[1]).resolve()
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
COLUMNS = 50

PEER = """
import sys, time, csv
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier as Boost
data = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, dtype=np.float32)
start = time.monotonic()
t, y, x = data[:, 0] > 0.5, data[:, 1], data[:, 2:]
fold = np.arange(len(y)) % 5
for f in range(5):
    for arm in (t, ~t):
        Boost(max_iter=120, max_depth=3, learning_rate=0.08, early_stopping=False).fit(x[arm & (fold != f)], y[arm & (fold != f)]).predict_proba(x[fold == f])
print(time.monotonic() - start)
"""


def write(path):
    draw = random.Random(1)
    pool = [f"{draw.gauss(0, 1):.4f}" for _ in range(1 << 16)]
    with open(path, "w") as out:
        out.write("arm,bought," + ",".join(f"x{j}" for j in range(COLUMNS)) + "\n")
        for _ in range(rows):
            x = draw.choices(pool, k=COLUMNS)
            arm = draw.random() < 0.5
            chance = 0.2 + 0.05 * (float(x[0]) > 0) + (0.04 * (float(x[1]) > 0) if arm else 0)
            out.write(f"{int(arm)},{int(draw.random() < chance)}," + ",".join(x) + "\n")


def ran(arguments):
    start = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.stdout.read().decode(), process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"a measured program failed: {err.strip()[-400:]}")
    return time.monotonic() - start, usage.ru_maxrss / 1024, out


with tempfile.TemporaryDirectory() as folder:
    table = os.path.join(folder, "campaign.csv")
    write(table)
    seconds, peak, _ = ran([str(build / "winback"), "uplift", "fit", table, "--treatment", "arm", "--control", "0", "--outcome", "bought",
                            "--out", os.path.join(folder, "model"), "--json"])
    matrix = rows * COLUMNS * 4 / 2**20
    print(f"winback uplift fit, {rows:,} x {COLUMNS}: {seconds:.1f} s, peak {peak:.0f} MB = {peak / matrix:.2f} x the matrix of {matrix:.0f} MB, "
          f"file {os.path.getsize(table) / 2**20:.0f} MB")
    if subprocess.run([sys.executable, "-c", "import sklearn"], capture_output=True).returncode != 0:
        print("scikit-learn: skipped, python3-sklearn is not installed")
    else:
        peer, peer_peak, out = ran([sys.executable, "-c", PEER, table])
        print(f"scikit-learn T-learner alone (winback fits it and five other learners, nested): {float(out):.1f} s without reading, peak {peer_peak:.0f} MB, "
              f"ratio {float(out) / seconds:.2f}")
