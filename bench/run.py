#!/usr/bin/env python3
"""run.py BUILD [import] [models] [whole] [knapsack] [simulate]: measures the whole pipeline of one build beside its
peers and prints a table; without names of parts, all of them. Its files live in a temporary folder (TMPDIR) and go."""
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import quote

build = pathlib.Path(sys.argv[1]).resolve()
parts = sys.argv[2:] or ["import", "models", "whole", "knapsack", "simulate"]
source = pathlib.Path(__file__).resolve().parent.parent
winback, warehouse = build / "winback", build / "winback-warehouse"

# Published times of the peer: Python's lifetimes at 100,000 customers on this class of machine.
LIFETIMES_BG, LIFETIMES_PARETO = 1.09, 19.5


def row(*cells):
    print("| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(cells, (48, 15, 24, 7, 12, 3))) + " |", flush=True)


def line(what, value, unit, peer=None, peer_name="", ratio=None, limit=None, least=False):
    """One row; `least`: the limit is the least the value may be, otherwise the most. A ratio above 1 is in our favour."""
    shown = lambda x: f"{x:,.0f}" if x >= 100 else f"{x:.3g}"
    met = "" if limit is None else ("yes" if (value >= limit if least else value <= limit) else "NO")
    row(what, f"{shown(value)} {unit}", "" if peer is None else f"{shown(peer)} {peer_name}", "" if ratio is None else f"{ratio:.2f}x",
        "" if limit is None else f"{'>=' if least else '<='} {shown(limit)}", met)


def skip(what, why):
    row(what, "skipped", why, "", "", "")


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}; load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)


class Ran:
    """A program run to its end: seconds by the clock and of the processor, and peak memory in MB, of the process itself."""

    def __init__(self, *arguments):
        start = time.monotonic()
        process = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.out, self.err = process.stdout.read().decode(), process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.seconds, self.peak = time.monotonic() - start, usage.ru_maxrss / 1024
        self.cpu = usage.ru_utime + usage.ru_stime
        self.status = process.returncode

    def good(self):
        if self.status != 0:
            sys.exit(f"a measured program failed: {self.err.strip()[-400:]}")
        return self


def peak_of(pid):
    """The most memory a running process had, in MB: all of it, and without the pages of the library's file."""
    status = dict(l.split(":", 1) for l in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines())
    megabytes = lambda key: int(status[key].split()[0]) / 1024
    return megabytes("VmHWM"), megabytes("RssFile")


def cpu_of(pid):
    """Seconds of the processor a running process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Warehouse:
    """The child that a data folder's warehouse runs in; ended with the block."""

    def __init__(self, data):
        self.folder = pathlib.Path(data) / "warehouse"

    @property
    def pid(self):
        return int((self.folder / "lock").read_text().split()[0])

    def end(self):
        with contextlib.suppress(OSError, ValueError, IndexError):
            pid = self.pid
            os.kill(pid, signal.SIGTERM)
            for _ in range(600):
                os.kill(pid, 0)
                time.sleep(0.05)


class Bare(Warehouse):
    """The engine alone: our child, spoken to over its own HTTP."""

    def __init__(self, data):
        super().__init__(data)
        self.folder.mkdir(parents=True)
        Ran(warehouse, "--detach", "--path", self.folder, "--idle-seconds", 60).good()

    def query(self, sql, body=None, settings=""):
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.sock.connect(str(self.folder / "socket"))
        head = {"Content-Type": "application/octet-stream"}
        if body is None:
            connection.request("POST", "/?" + settings, sql.encode(), head)
        else:
            head["Content-Length"] = str(os.path.getsize(body))
            with open(body, "rb") as file:
                connection.request("POST", f"/?{settings}&query={quote(sql)}", file, head)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            sys.exit(f"the bare engine refused: {text[:400]}")
        return text


def create_order_lines():
    text = (source / "sql/warehouse/collect/tables.sql").read_text()
    text = text.split("-- name: create_order_lines\n", 1)[1].split("-- name:", 1)[0]
    durable = (source / "sql/warehouse/durable.sql").read_text().split("-- name: durable\n", 1)[1]
    return text.replace("{durable}", durable)


def make_orders(folder, customers, lines):
    path = folder / f"orders-{lines}.csv"
    if not path.exists():
        Ran(build / "bench/make_orders", customers, lines, path).good()
    return path


def count_lines(path):
    with open(path, "rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 22), b"")) - 1


def measure_import(folder, customers, size, runs):
    path = make_orders(folder, customers, size)
    lines = count_lines(path)
    ours, engine, peaks, cpu, engine_cpu = [], [], [], [], []
    for run in range(runs):
        say(f"importing {lines:,} lines, run {run + 1} of {runs}")
        data = folder / f"data-{size}-{run}"
        ran = Ran(winback, "import", "orders", path, "--currency", "GBP", "--data", data, "--rejects", folder / "rejects.csv",
                  "--json").good()
        ours.append(lines / ran.seconds)
        child, library = peak_of(Warehouse(data).pid)
        peaks.append((ran.peak, child, library))
        cpu.append(ran.cpu + cpu_of(Warehouse(data).pid))
        Warehouse(data).end()
        say("the bare engine on the same file")
        bare = Bare(folder / f"bare-{size}-{run}")
        bare.query(create_order_lines())
        start = time.monotonic()
        bare.query("INSERT INTO order_lines (order_id, sku, product, quantity, ordered_at, unit_price, customer_id, country) "
                   "FORMAT CSVWithNames", path, "input_format_with_names_use_header=0&date_time_input_format=best_effort")
        engine.append(lines / (time.monotonic() - start))
        if int(bare.query("SELECT count() FROM order_lines FORMAT TSV")) != lines:
            sys.exit("the bare engine lost lines")
        bare_peak = peak_of(bare.pid)[0]
        engine_cpu.append(cpu_of(bare.pid))
        bare.end()
        for name in ([f"bare-{size}-{run}"] + ([f"data-{size}-{run}"] if run + 1 < runs else [])):
            subprocess.run(["rm", "-rf", str(folder / name)], check=True)
    ours, engine = statistics.median(ours), statistics.median(engine)
    main, child, library = (statistics.median(column) for column in zip(*peaks))
    millions = f"{lines / 1e6:.1f} M"
    line(f"import {millions} order lines, CSV", ours, "lines/s", engine, "lines/s, bare engine", ours / engine, 500_000, True)
    cpu, engine_cpu = statistics.median(cpu), statistics.median(engine_cpu)
    line(f"  processor time, main + child", cpu, "s", engine_cpu, "s, bare engine", engine_cpu / cpu)
    line(f"import {millions}: peak memory, main", main, "MB", limit=256)
    line(f"import {millions}: peak memory, main + child", main + child, "MB", bare_peak, "MB, bare engine", bare_peak / (main + child), 1500)
    line(f"  of it pages of the library's file", library, "MB")
    return data


def bench(program, names, repetitions=3):
    """Medians by name, in seconds, of a Google Benchmark program."""
    ran = Ran(program, f"--benchmark_filter=^({'|'.join(names)})/real_time$", "--benchmark_format=json",
              f"--benchmark_repetitions={repetitions}", "--benchmark_report_aggregates_only=true").good()
    found = {}
    for one in json.loads(ran.out)["benchmarks"]:
        if one["aggregate_name"] == "median":
            found[one["run_name"].removesuffix("/real_time")] = one["real_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}[one["time_unit"]]
    return found


def measure_models():
    say("purchase models")
    times = bench(build / "stats_bench", ["compress/100000", "fit_bg/100000", "fit_pareto/100000", "fit_pareto_real_times/100000", "fit_bg/1000000",
                                          "fit_pareto/1000000", "score_bg/1000000", "score_pareto/1000000"])
    for name, what, peer in (("fit_bg/100000", "BG/NBD fit, 100 k customers", LIFETIMES_BG),
                             ("fit_pareto/100000", "Pareto/NBD fit, 100 k customers", LIFETIMES_PARETO),
                             ("fit_pareto_real_times/100000", "  times not in whole days", LIFETIMES_PARETO)):
        line(what, times[name], "s", peer, "s, lifetimes", peer / times[name], peer / 20)
    # the same likelihood by scipy in this very run: merging the rows is part of its time, as of lifetimes'
    scipy = subprocess.run(["/usr/bin/python3", str(source / "bench/btyd_scipy.py")], capture_output=True, text=True, check=False)
    if scipy.returncode == 0:
        ours, theirs = times["fit_bg/100000"] + times["compress/100000"], float(scipy.stdout.split()[0])
        line("BG/NBD merged and fitted, 100 k customers", ours, "s", theirs, "s, scipy", theirs / ours)
    else:
        skip("BG/NBD merged and fitted, 100 k customers", "python3-scipy is not installed")
    for name, what, limit in (("fit_bg/1000000", "BG/NBD fit, 1 M customers", 1), ("fit_pareto/1000000", "Pareto/NBD fit, 1 M customers", 5),
                              ("score_bg/1000000", "BG/NBD scores, 1 M customers", 2),
                              ("score_pareto/1000000", "Pareto/NBD scores, 1 M customers", 2)):
        line(what, times[name], "s", limit=limit)


def measure_whole(folder, data):
    if data is None:
        path = make_orders(folder, 1_000_000, 10_000_000)
        data = folder / "data-whole"
        Ran(winback, "import", "orders", path, "--currency", "GBP", "--data", data, "--rejects", folder / "rejects.csv").good()
    Warehouse(data).end()  # its memory is measured from its start
    for verb, limit, memory in ((("analyze",), 30, 4000), (("plan", "--out", folder / "out"), 60, None)):
        say(verb[0])
        ran = Ran(winback, *verb, "--data", data, "--json").good()
        child, _ = peak_of(Warehouse(data).pid)
        line(f"{verb[0]}, 1 M customers, 10 M lines", ran.seconds, "s", limit=limit)
        line(f"{verb[0]}: peak memory, main + child", ran.peak + child, "MB", limit=memory)
        Warehouse(data).end()


def measure_knapsack():
    say("budget solver")
    times = bench(build / "stats_bench", ["money_only/1000000", "three_limits/1000000"])
    line("budget solver, 1 M customers x 8 offers, money", times["money_only/1000000"], "s", limit=5)
    line("  with two more limits", times["three_limits/1000000"], "s", limit=5)


def measure_simulate(folder):
    ran = Ran(winback, "simulate", "--customers", 100_000, "--seed", 1, "--out", folder / "shop", "--data", folder / "shop-data")
    if ran.status != 0:
        skip("simulate, 100 k customers, two years", ran.err.strip().removeprefix("winback: ")[:60])
        return
    line("simulate, 100 k customers, two years", ran.seconds, "s", limit=15)
    line("simulate: peak memory, main", ran.peak, "MB")


if subprocess.run(["grep", "-q", "CMAKE_BUILD_TYPE:STRING=Release", build / "CMakeCache.txt"]).returncode != 0:
    sys.exit(f"{build} is no release build; figures of another one mean nothing")
print(f"{os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f} "
      "(figures taken beside other work are too low); medians of several runs\n")
row("measured", "winback", "peer", "ratio", "limit", "met")
row(*("---",) * 6)
with tempfile.TemporaryDirectory(prefix="winback-bench-") as name:
    folder, data = pathlib.Path(name), None
    try:
        if "models" in parts:
            measure_models()
        if "knapsack" in parts:
            measure_knapsack()
        if "import" in parts:
            measure_import(folder, 200_000, 2_000_000, 3)
            data = measure_import(folder, 1_000_000, 10_000_000, 1)
        if "whole" in parts:
            measure_whole(folder, data)
        if "simulate" in parts:
            measure_simulate(folder)
    finally:
        for lock in folder.glob("*/warehouse/lock"):
            Warehouse(lock.parent.parent).end()
print(f"\nload at the end {os.getloadavg()[0]:.1f}")
