#!/usr/bin/python3
"""Reads letters as Python's own mail parser does and judges their signatures with python3-dkim. Prints one JSON list.
Usage: read_letter.py DNS.json FILE…"""
import email
import email.policy
import json
import sys

try:
    import dkim
except ImportError:
    sys.exit(77)

records = json.loads(open(sys.argv[1]).read())


def txt(name, timeout=5):
    name = name.decode() if isinstance(name, bytes) else name
    record = records.get(name.rstrip("."))
    return record.encode() if record else None


letters = []
for path in sys.argv[2:]:
    raw = open(path, "rb").read().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")  # a Maildir keeps LF
    letter = email.message_from_string(raw.decode(), policy=email.policy.SMTPUTF8)  # RFC 6532: headers may be UTF-8
    signatures = len(letter.get_all("DKIM-Signature", []))
    letters.append({
        "headers": {name: str(letter[name]) for name in letter.keys()},
        "from": [[a.display_name, a.addr_spec] for a in letter["From"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in letter["To"].addresses],
        "date": letter["Date"].datetime.isoformat(),
        "parts": [[part.get_content_type(), part.get_content().replace("\r\n", "\n")]
                  for part in letter.walk() if not part.is_multipart()],
        "type": letter.get_content_type(),
        "defects": [str(d) for part in letter.walk() for d in part.defects],
        "raw_unsubscribe": [line.decode() for line in raw.split(b"\r\n") if line.startswith(b"List-Unsubscribe:")],
        "signatures": signatures,
        "verified": sum(bool(dkim.DKIM(raw).verify(idx=i, dnsfunc=txt)) for i in range(signatures)),
    })
print(json.dumps(letters))
