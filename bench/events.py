#!/usr/bin/env python3
"""events.py BUILD [SECONDS [ROUNDS]]: events a second that `winback serve` acknowledges, durably, in batches of 100 from a load
generator on the same machine, and how long a batch waits; medians of the rounds. After the last round every acknowledged event must
be in the warehouse, once. Exits 1 below 50,000 a second or with a p99 of 50 ms and more where the build is a release."""
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

build = pathlib.Path(sys.argv[1]).resolve()
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
LEAST, MOST_MS = 50_000, 50


def winback(*arguments):
    return subprocess.run([build / "winback", *arguments, "--data", data], check=True, capture_output=True, text=True).stdout


with tempfile.TemporaryDirectory() as folder:
    data = pathlib.Path(folder) / "data"
    data.mkdir()
    (data / "winback.yaml").write_text("currency: EUR\n")
    key = re.search(r"wb_[0-9a-f]{64}", winback("key", "new", "--name", "bench", "--scope", "events")).group()
    winback("sql", "SELECT 1")
    said = pathlib.Path(folder) / "serve.err"
    with open(said, "w") as errors:
        server = subprocess.Popen([build / "winback", "serve", "--listen", "127.0.0.1:0", "--data", data], stderr=errors)
    try:
        while not (port := re.search(r"\(port (\d+)\)", said.read_text())):
            if server.poll() is not None:
                sys.exit(said.read_text())
            time.sleep(0.05)
        results = []
        for _ in range(rounds):
            done = subprocess.run([build / "bench/events_load", port.group(1), key, str(seconds)], capture_output=True, text=True)
            results.append(json.loads(done.stdout))
            print(done.stdout.strip(), flush=True)
        accepted = sum(r["accepted"] for r in results)
        until = time.monotonic() + 60
        while (there := int(winback("sql", "SELECT count() FROM v_events").split()[-1])) < accepted and time.monotonic() < until:
            time.sleep(0.5)
        unique = int(winback("sql", "SELECT uniqExact(event_id) FROM v_events").split()[-1])
    finally:
        server.terminate()
        server.wait()
    lock = data / "warehouse" / "lock"
    subprocess.run(["kill", lock.read_text().split()[0]], check=False)

median = {name: statistics.median(r[name] for r in results) for name in ("events_per_second", "p50_ms", "p99_ms")}
print(f"events: {median['events_per_second']:,.0f} a second, a batch of 100 waits {median['p50_ms']:.1f} ms (p50), {median['p99_ms']:.1f} ms (p99); "
      f"{accepted:,} acknowledged, {there:,} in the warehouse, {unique:,} different")
release = "CMAKE_BUILD_TYPE:STRING=Release" in (build / "CMakeCache.txt").read_text()
if there != accepted or unique != accepted:
    sys.exit("the warehouse does not hold what was acknowledged")
if release and rounds >= 5 and (median["events_per_second"] < LEAST or median["p99_ms"] >= MOST_MS):
    sys.exit(f"below the goal of {LEAST:,} events a second with a p99 under {MOST_MS} ms")
