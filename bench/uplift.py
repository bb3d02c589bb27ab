#!/usr/bin/env python3
"""uplift.py BUILD [ROWS [PEER_ROWS]]: a random campaign of 50 numbers a customer. First winback's T-learner of trees beside one of
scikit-learn's histogram boosting, on the same PEER_ROWS (default 20,000), folds and settings, one thread each, where python3-sklearn
is installed; then `winback uplift evaluate` whole, on ROWS (default 1,000,000): seconds and peak memory of the process, against the
file and the matrix of 4-byte numbers."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

build = pathlib.Path(sys.argv[1]).resolve()
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
peer_rows = int(sys.argv[3]) if len(sys.argv) > 3 else 20_000
COLUMNS = 50

PEER = """
import sys, time
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier as Boost
data = np.loadtxt(sys.argv[1], delimiter=",", skiprows=1, dtype=np.float32)
t, y, x = data[:, 0] > 0.5, data[:, 1], data[:, 2:]
fold, effect = np.arange(len(y)) % 5, np.zeros(len(y))
start = time.monotonic()
for f in range(5):
    for arm, sign in ((t, 1), (~t, -1)):
        model = Boost(max_iter=120, max_depth=3, learning_rate=0.08, max_bins=64, min_samples_leaf=20, early_stopping=False).fit(x[arm & (fold != f)], y[arm & (fold != f)])
        effect[fold == f] += sign * model.predict_proba(x[fold == f])[:, 1]
seconds = time.monotonic() - start
print(seconds, np.sqrt(np.mean((effect - 0.04 * (x[:, 1] > 0)) ** 2)))
"""


def write(path, count):
    draw = random.Random(1)
    pool = [f"{draw.gauss(0, 1):.4f}" for _ in range(1 << 16)]
    with open(path, "w") as out:
        out.write("arm,bought," + ",".join(f"x{j}" for j in range(COLUMNS)) + "\n")
        for _ in range(count):
            x = draw.choices(pool, k=COLUMNS)
            arm = draw.random() < 0.5
            chance = 0.2 + 0.05 * (float(x[0]) > 0) + (0.04 * (float(x[1]) > 0) if arm else 0)
            out.write(f"{int(arm)},{int(draw.random() < chance)}," + ",".join(x) + "\n")


def ran(*arguments):
    """Seconds, peak megabytes and the output of a program."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=errors)
        out = process.stdout.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            errors.seek(0)
            sys.exit(f"a measured program failed: {errors.read().decode().strip()[-400:]}")
    return time.monotonic() - start, usage.ru_maxrss / 1024, out


with tempfile.TemporaryDirectory() as folder:
    table = pathlib.Path(folder) / "campaign.csv"
    write(table, peer_rows)
    seconds, error = map(float, ran(build / "bench/t_learner", table)[2].split())
    print(f"winback T-learner, trees:       {peer_rows:,} x {COLUMNS}, 5 folds: {seconds:6.2f} s, effects off by {error:.4f}")
    python = next((p for p in (sys.executable, "/usr/bin/python3") if subprocess.run([p, "-c", "import sklearn"], capture_output=True).returncode == 0), None)
    if python is None:
        print("scikit-learn: skipped, python3-sklearn is not installed")
    else:
        peer, peer_error = map(float, ran("env", "OMP_NUM_THREADS=1", python, "-c", PEER, table)[2].split())
        print(f"scikit-learn T-learner, trees:  the same rows and folds: {peer:6.2f} s, effects off by {peer_error:.4f}; ratio {peer / seconds:.2f}x")
    write(table, rows)
    seconds, peak, _ = ran(build / "winback", "uplift", "evaluate", table, "--treatment", "arm", "--control", "0", "--outcome", "bought", "--json")
    matrix, size = rows * COLUMNS * 4 / 2**20, os.path.getsize(table) / 2**20
    print(f"winback uplift evaluate, whole: {rows:,} x {COLUMNS}, six learners: {seconds:.1f} s, peak {peak:.0f} MB = {peak / matrix:.2f} x the matrix of "
          f"{matrix:.0f} MB, {peak / size:.2f} x the file of {size:.0f} MB")
