#!/usr/bin/env python3
"""liquid.py BUILD: renders one letter with our Liquid and with liquidjs, in turns, on the same template and data, and
prints the medians of renders per second and their ratio. Exits 1 below 15 times."""
import html
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

build = pathlib.Path(sys.argv[1]).resolve()
source = pathlib.Path(__file__).resolve().parent / "liquid"
peer = build.parent / "npm-liquid"
LEAST, ROUNDS = 15, 5


def install():
    if (peer / "node_modules/liquidjs").exists() and (peer / "package-lock.json").read_text() == (source / "package-lock.json").read_text():
        return
    peer.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(source / name, peer / name)
    subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=peer, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(program, runs):
    arguments = [str(source / "letter.liquid"), str(source / "data.json"), str(runs)]
    environment = dict(os.environ, TZ="UTC", NODE_PATH=str(peer / "node_modules"))
    return subprocess.run(program + arguments, check=True, capture_output=True, env=environment).stdout.decode()


install()
ours, theirs = [str(build / "bench/render_letter")], ["node", str(source / "render_letter.cjs")]
letter, other = run(ours, 0), run(theirs, 0)
if html.unescape(letter) != html.unescape(other):
    sys.exit("the two letters differ, so their times mean nothing")
rates = {"winback": [], "liquidjs": []}
for _ in range(ROUNDS):
    rates["liquidjs"] += json.loads(run(theirs, 2))
    rates["winback"] += json.loads(run(ours, 2))
median = {name: statistics.median(found) for name, found in rates.items()}
ratio = median["winback"] / median["liquidjs"]
print(f"{len(letter.encode()):,} bytes of letter, one thread, load {os.getloadavg()[0]:.1f}")
for name, found in rates.items():
    print(f"{name:<9} {median[name]:>12,.0f} renders/s  (least {min(found):,.0f}, most {max(found):,.0f})")
print(f"ratio     {ratio:>12.1f}  (at least {LEAST})")
sys.exit(0 if ratio >= LEAST else 1)
