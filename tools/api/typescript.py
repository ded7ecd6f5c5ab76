"""The TypeScript client of the console at work against a real Kaibo: web/src/api/server.test.ts."""

import os
import pathlib
import subprocess
import sys

import kaibo

WEB = pathlib.Path(__file__).resolve().parent.parent.parent / "web"


def main():
    with kaibo.Kaibo(kaibo.binary()) as server:
        environment = {**os.environ, "KAIBO_URL": server.url, "KAIBO_TOKEN": server.token}
        done = subprocess.run(["npx", "vitest", "run", "src/api/server.test.ts"], cwd=WEB, env=environment)
    sys.exit(done.returncode)


main()
