"""Tills that have sold without their office: enrolled, their rights given to them, their facts signed and in pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from sync.wire import GrantItem
from tests.bench.office import floors, load
from tests.peers.office_process import office
from tests.peers.small_season import SEASON, write_season
from tests.peers.till_client import TillClient

PAGE: Final = 500  # facts in one push, as a till sends them


def import_floors(url: str, folder: Path, shows: dict[str, int], tills: int) -> None:
    """A season of shows with nothing but a floor of so many places, and the tills C0, C1, …"""
    text = SEASON.replace("Foyer = { adult", "Floor = { adult").replace("Foyer", "Floor")
    for name, places in shows.items():
        text += (
            f'[[show]]\nid = "{name}"\nproduction = "tosca"\nprices = "usual"\n'
            f'starts = "2027-12-03T19:30:00+01:00"\nareas = [{{ id = "Floor", capacity = {places} }}]\n'
        )
    text += "".join(f'[[till]]\nid = "C{n}"\n' for n in range(tills))
    done = office("import", str(write_season(folder, text)), "--db", url)
    assert done.returncode == 0, done.stderr


def enrol(database: str, url: str, till: str) -> TillClient:
    client = TillClient(url)
    done = office("enrol", till, "--db", database)
    answer = client.enrol(done.stdout.strip())
    assert answer.status == 200, answer
    return client


def sell_alone(url: str, client: TillClient, show: str, count: int, page: int = PAGE) -> list[bytes]:
    """A till's queue of sales of one place each, as signed requests. PostgreSQL only.

    The rights are given by the database at once: how fast claims are is another question.
    """
    with floors.connect(url) as connection:
        connection.execute(
            "UPDATE place_right SET state = 'LEASED', holder = %s, incarnation = 1, epoch = 1 WHERE show_id = %s",
            (client.till, show),
        )
        connection.execute(
            "WITH head AS (UPDATE change_head SET position = position + 1 RETURNING position)"
            " INSERT INTO change_log SELECT position, 'reload', '', '', %s, '' FROM head",
            (show,),
        )
    for n in range(1, count + 1):
        client.sell(show, GrantItem(place=f"Floor#{n}", epoch=1, hop=0))
    pages = [client.journal[at : at + page] for at in range(0, count, page)]
    bodies = [json.dumps({"facts": [fact.model_dump() for fact in facts]}).encode() for facts in pages]
    return [load.request(client, "/v1/push", body) for body in bodies]
