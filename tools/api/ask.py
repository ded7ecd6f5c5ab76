"""Asks a real Kaibo everything that its description allows and forbids, and holds the answers against the description.

`ask.py [EXAMPLES]`: so many for each operation and way of asking (default 5), the same ones every time; more arguments go to schemathesis.
"""

import json
import os
import pathlib
import subprocess
import sys

import kaibo

HERE = pathlib.Path(__file__).resolve().parent


def main():
    tool = pathlib.Path(sys.executable).with_name("schemathesis")
    examples, *rest = sys.argv[1:] or ["5"]
    with kaibo.Kaibo(kaibo.binary()) as server:
        ids, viewer = server.furnish()
        environment = {
            **os.environ,
            "KAIBO_HOOKS": str(HERE / "hooks.py"),
            "KAIBO_IDS": json.dumps(ids),
            "KAIBO_TOKEN": server.token,
            "KAIBO_VIEWER": viewer,
            # Nothing of it is kept between runs.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        run = [tool, "--config-file", HERE / "schemathesis.toml", "run", f"{server.url}/openapi.json"]
        fixed = ["--max-examples", examples, "--seed", "1", "--checks", "all", "--generation-database", "none"]
        # What it writes down for next time goes away with the data.
        done = subprocess.run([*run, *fixed, *rest], env=environment, cwd=server.folder.name)
        panics = [line for line in server.log.read_text().splitlines() if "panicked" in line or "request failed" in line]
        print(*panics[:20], sep="\n", end="\n" if panics else "")
    sys.exit(done.returncode or len(panics))


main()
