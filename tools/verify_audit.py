#!/usr/bin/env python3
"""Walks the audit log's chain without Kaibo: tools/verify_audit.py kaibo-data/kaibo.db. The format is in docs/security.md."""
import hashlib, sqlite3, sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
columns = "seq, at_ms, org_id, region_id, team_id, actor_id, actor, action, target, before_json, after_json, from_ip, hash"
expected, previous = 1, ""
for *fields, said in db.execute(f"SELECT {columns} FROM accounts_audit ORDER BY seq"):
    text = lambda value: str(value).encode()
    row = b"".join(b"-" if value is None else b"%d:%s," % (len(text(value)), text(value)) for value in fields)
    previous = hashlib.sha256(previous.encode() + row).hexdigest()
    if fields[0] != expected or said != previous:
        sys.exit(f"row {expected} is missing or not as it was written")
    expected += 1
if (expected - 1, previous) != db.execute("SELECT seq, hash FROM accounts_audit_head").fetchone():
    sys.exit(f"the log ends at row {expected - 1}, before its head")
print(f"head: {expected - 1}:{previous}")
