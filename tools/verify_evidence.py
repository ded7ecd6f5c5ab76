#!/usr/bin/env python3
"""Checks an evidence pack without Kaibo: tools/verify_evidence.py FILE [exported heads]. The format is in docs/moderation.md."""
import hashlib, hmac, json, sys

pack = json.load(open(sys.argv[1], encoding="utf-8"))
kept = {(head["org"], head["day"]): head["hash"] for head in map(json.loads, open(sys.argv[2]))} if len(sys.argv) > 2 else {}
field = lambda value: b"-" if value is None else b"%d:%s," % (len(str(value).encode()), str(value).encode())
sha = lambda *parts: hashlib.sha256(b"".join(parts)).hexdigest()
sign = lambda purpose, text: hmac.new(hmac.new(bytes.fromhex(pack["salt"]), purpose, "sha256").digest(), text.encode(), "sha256").hexdigest()
days = {seal["head"]["day"]: seal for seal in pack["seals"]}
for day, seal in days.items():
    end = seal["previous"]
    for digest in seal["digests"]:
        end = sha(end.encode(), field(digest))
    if end != seal["head"]["hash"] or kept.get((pack["org"], day), end) != end:
        sys.exit(f"{day}: the rows do not come to its head")
for part in pack["rows"]:
    row, facts = part["row"], part["facts"]
    digest = sha(*map(field, (pack["org"], row["seq"], row["at_ms"], row["day"], row["kind"], row["about"], row["team"], facts)))
    if json.loads(facts) != row["facts"] or sha(row["previous"].encode(), field(digest)) != row["hash"]:
        sys.exit(f"row {row['seq']}: not as it was written")
    seal = days.get(row["day"])
    if seal and seal["digests"][row["seq"] - seal["from"]] != digest:
        sys.exit(f"row {row['seq']}: not sealed by {row['day']}")
    print(f"row {row['seq']}: " + (f"sealed by {row['day']}, {seal['head']['hash']}" if seal else "not sealed yet"))
    facts = row["facts"]
    if not pack["salt"] or row["kind"] != "verdict":
        continue
    # Whoever wrote again after an erasure has another salt.
    if facts["person"] != sign(b"person", pack["item"]["viewer"]):
        print(f"row {row['seq']}: not shown to be about this person")
    else:
        # Without words: they were erased before, or after.
        if pack["item"]["text"] and facts["words"] != sign(b"words", pack["item"]["text"]):
            sys.exit(f"row {row['seq']}: the words are other ones than were judged")
        print(f"row {row['seq']}: person and words: as in the row")
