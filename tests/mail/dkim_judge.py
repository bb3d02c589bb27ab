#!/usr/bin/python3
"""Judges every signature of the letters in a folder with python3-dkim, the way dkimverify does, and prints one line a
letter: NAME signatures good. The keys come from dns.json in the same folder, never from the network."""
import json
import pathlib
import sys

try:
    import dkim
except ImportError:
    sys.exit(77)

folder = pathlib.Path(sys.argv[1])
records = json.loads((folder / "dns.json").read_text())


def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    record = records.get(name.rstrip("."))
    return record.encode() if record else None


for file in sorted(folder.glob("*.eml")):
    message = file.read_bytes()
    judge = dkim.DKIM(message, minkey=1024)
    count = sum(1 for name, _ in judge.headers if name.lower() == b"dkim-signature")
    good = 0
    for index in range(count):
        try:
            good += bool(dkim.DKIM(message).verify(idx=index, dnsfunc=txt))
        except dkim.DKIMException as problem:
            print(file.name, problem, file=sys.stderr)
    print(file.name, count, good)
