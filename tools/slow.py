#!/usr/bin/env python3
"""slow.py .ninja_log: ranks what took longest to build, latest build of each file."""
import signal
import sys

signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is a way to read it

latest = {}
for line in open(sys.argv[1]):
    if line.startswith("#"):
        continue
    start, end, _, name, _ = line.rstrip("\n").split("\t")
    latest[name] = (int(end) - int(start)) / 1000
for name, seconds in sorted(latest.items(), key=lambda item: -item[1])[:25]:
    print(f"{seconds:7.2f} s  {name}")
