"""The Python client that the API's description makes, at work against a real Kaibo.

Generated anew from docs/openapi.json each time: what cannot be generated, or says another thing than the program, fails here.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import kaibo

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def generate(folder):
    tool = pathlib.Path(sys.executable).with_name("openapi-python-client")
    run = [tool, "generate", "--path", ROOT / "docs/openapi.json", "--config", HERE / "client.yml", "--meta", "none"]
    # It tidies up with ruff, which stands beside it.
    path = os.pathsep.join([str(tool.parent), os.environ["PATH"]])
    package = pathlib.Path(folder) / "kaibo_client"
    done = subprocess.run([*run, "--output-path", package], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode or "WARNING" in said:
        sys.exit(f"the description makes no whole client: {said}")
    sys.path.insert(0, folder)


def work(server):
    from kaibo_client import AuthenticatedClient
    from kaibo_client.api.accounts import read_me
    from kaibo_client.api.events import list_events
    from kaibo_client.api.import_ import import_rows
    from kaibo_client.api.metrics import read_metrics
    from kaibo_client.api.rooms import create_room, list_rooms, read_room
    from kaibo_client.models import ImportRow, ImportRows, NewRoom, Problem

    client = AuthenticatedClient(server.url, server.token)
    me = read_me.sync(client=client)
    assert "room.manage" in me.permissions, me

    made = [create_room.sync(client=client, body=NewRoom(title=f"双十二专场 {n}")) for n in range(5)]
    assert all(room.stream_key for room in made), made
    seen, after = [], None
    while True:
        asked = {"after": after} if after else {}
        page = list_rooms.sync(client=client, limit=2, q="双十二", **asked)
        seen += [room.id for room in page.items]
        if not page.next_:
            break
        after = page.next_
    assert sorted(seen) == sorted(room.id for room in made), (seen, made)

    def row(n, **fields):
        return ImportRow.from_dict({"id": str(n), "occurred_at": 1_790_000_000_000 + n, **fields})

    rows = [row(1, kind="enter", user="u1"), row(2, kind="danmaku", user="u1", text="主播好看"), row(3, kind="gift")]
    room = made[0].id
    taken = import_rows.sync(room, client=client, body=ImportRows(rows=rows, title="晚场", complete=True))
    assert (taken.accepted, len(taken.rejected)) == (2, 1), taken

    values = read_metrics.sync(client=client, ids="danmaku_count,view_uv", broadcast=taken.broadcast_id)
    assert {value.id: value.settled for value in values} == {"danmaku_count": 1, "view_uv": 1}, values

    events = list_events.sync(client=client, name="RoomCreated", limit=3)
    assert (len(events.items), events.more) == (3, True), events
    rest = list_events.sync(client=client, name="RoomCreated", after=events.next_)
    assert len(rest.items) == len(made) - 3, rest

    problem = read_room.sync("01890a5d-ac96-774b-bcce-b302099a8057", client=client)
    assert isinstance(problem, Problem) and (problem.status, problem.code) == (404, "room_not_found"), problem
    stranger = AuthenticatedClient(server.url, "kbo_wrong")
    problem = read_me.sync(client=stranger)
    assert isinstance(problem, Problem) and problem.code == "unauthenticated", problem


def main():
    with tempfile.TemporaryDirectory() as folder, kaibo.Kaibo(kaibo.binary()) as server:
        generate(folder)
        work(server)
        print("the generated Python client works")


main()
