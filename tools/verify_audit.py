#!/usr/bin/env python3
"""Walks the audit log's chain without Kaibo: tools/verify_audit.py kaibo-data/kaibo.db. The format is in docs/security.md."""
import hashlib, json, sqlite3, sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
columns = "seq, at_ms, org_id, region_id, team_id, actor_id, actor, action, target, before_json, after_json, from_ip, hash"
said = lambda action: {int(target): json.loads(after) for target, after in db.execute(
    "SELECT target, after_json FROM accounts_audit WHERE action = ? ORDER BY seq", (action,))}
redacted, cuts = said("audit_redacted"), said("audit_cut")
first, previous, end, end_hash = db.execute("SELECT cut_seq, cut_hash, seq, hash FROM accounts_audit_head").fetchone()
if first and cuts.get(first, {}).get("head") != previous:
    sys.exit(f"the rows up to {first} are gone, and no later one says why")
expected = first + 1
for *fields, written in db.execute(f"SELECT {columns} FROM accounts_audit ORDER BY seq"):
    text = lambda value: str(value).encode()
    row = b"".join(b"-" if value is None else b"%d:%s," % (len(text(value)), text(value)) for value in fields)
    chained = hashlib.sha256(previous.encode() + row).hexdigest()
    if redacted.get(fields[0]) == {"was": written, "is": hashlib.sha256(row).hexdigest()}:
        chained = written
    if fields[0] != expected or written != chained:
        sys.exit(f"row {expected} is missing or not as it was written")
    previous, expected = chained, expected + 1
if (expected - 1, previous) != (end, end_hash):
    sys.exit(f"the log ends at row {expected - 1}, before its head")
print(f"head: {expected - 1}:{previous}")
