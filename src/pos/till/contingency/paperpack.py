"""The paper pack at the till: made, looked at and printed.

The laws:

* Making a pack changes nothing: no right moves, no ticket comes out. What moves rights to paper is `issue_paper`, and a
  pack that is made anew lists those tickets again, but never prints them.
* It is read off the till in short steps and written on a thread of its own; no sale waits for the writing.
* A pack that could not be written leaves the last one in its place, and says so.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from pos.domain.errors import Refused
from pos.domain.paperpack import PaperPack
from pos.domain.rights import OwnState
from pos.domain.season import Show, name_in
from pos.till.contingency import packdata, packs
from pos.till.contingency.packshort import short_form
from pos.till.contingency.plan import plan_of
from pos.till.counter.passing import held_of
from pos.till.counter.people import screen_language
from pos.till.desk import Desk, Verb
from pos.till.orders.papers import print_list
from pos.till.packing import MadePack, PackFiles
from pos.till.refusals import sentence


def paper_pack(desk: Desk) -> dict[str, Any]:
    """The packs of today's shows: when each was made, whether it is still true, and what is in it."""
    desk.signed_in()
    files = desk.outside.packs
    return {
        "plan": plan_of(desk).version,
        "folder": str(files.folder) if files is not None else None,
        "printer": packs.printer_of(desk),
        "price_types": [
            {"id": kind.id, "name": name_in(kind.names, screen_language(desk)) or kind.id, "number": number}
            for number, kind in packdata.types_on_paper(desk)
        ],
        "shows": [_shown(desk, show) for show in packdata.today(desk)],
    }


def _shown(desk: Desk, show: Show) -> dict[str, Any]:
    made = desk.packs.made.get(show.id)
    now = packdata.basis_of(desk, show.id)
    return {
        "show": show.id,
        "title": name_in(show.titles, screen_language(desk)) or show.production,
        "starts": show.starts.isoformat(),
        "state": state_of(desk, show.id),
        "made_at": made.at if made is not None else None,
        "file": made.file if made is not None else None,
        "changed": made.basis.changed(now) if made is not None else 0,
        "reason": desk.packs.failed.get(show.id, ""),
        "counts": made.counts if made is not None else None,
        "categories": _categories(desk, show.id),
    }


def state_of(desk: Desk, show: str) -> str:
    """none | making | failed (the last attempt) | stale (something has changed since) | fresh."""
    if show in desk.packs.under_way:
        return "making"
    if show in desk.packs.failed:
        return "failed"
    made = desk.packs.made.get(show)
    if made is None:
        return "none"
    return "stale" if made.basis != packdata.basis_of(desk, show) else "fresh"


def _categories(desk: Desk, show: str) -> list[dict[str, Any]]:
    """How many places of each category are in hand, and how many are on paper."""
    seating, held = desk.belief.seating(show), held_of(desk, show)
    out: dict[str, int] = {}
    for place, right in desk.rights.get(show, {}).items():
        ix = seating.find(place)
        if right.state is OwnState.PAPER and ix is not None:
            out[seating.category(ix)] = out.get(seating.category(ix), 0) + 1
    return [
        {"category": category, "in_hand": held.get(category, 0), "out": out.get(category, 0)}
        for category in seating.categories()
    ]


# ---- making ----------------------------------------------------------------------------------


def make_paper_pack(desk: Desk, *, show: str = "") -> Verb[dict[str, Any]]:
    """Make the pack of a show, or of each of today's, anew. Raises Refused: unknown_show bad_request device_absent
    storage_failed stopped."""
    desk.signed_in("sell")
    shows = [desk.season().show(show)] if show else packdata.today(desk)
    _files(desk)
    made, refused = [], None
    for each in shows:
        try:
            yield from make(desk, each.id)
            made.append(_shown(desk, each))
        except Refused as error:
            refused = refused or error  # the others may still be written
    if refused is not None:
        raise refused
    return {"made": made}


def make(desk: Desk, show: str) -> Verb[MadePack]:
    """Make the pack of one show, after the one that is being made already. Raises Refused."""
    files = _files(desk)
    while (before := desk.packs.under_way.get(show)) is not None:
        yield before
    done = desk.packs.under_way[show] = Future()
    try:
        waiting = packdata.pickups_of(desk, show)
        yield _turn()  # the list of a large show takes a moment to read, and whoever is being served goes first
        basis, pack = packdata.basis_of(desk, show), packdata.pack_of(desk, show, waiting)
        file: str = yield files.write(pack, desk.outside.locale)
    except Refused as refused:
        desk.packs.failed[show] = sentence(refused)
        desk.emit("paper_pack", show=show, state="failed", text=sentence(refused))
        raise
    finally:
        del desk.packs.under_way[show]
        done.set_result(None)
    desk.packs.failed.pop(show, None)
    made = MadePack(pack.made_at, file, basis, _counts(pack))
    desk.packs.made[show] = made
    desk.emit("paper_pack", show=show, state=state_of(desk, show), text=file)
    return made


def _turn() -> Future[None]:
    """Done already: whoever waits for it lets other work of the till go first."""
    done: Future[None] = Future()
    done.set_result(None)
    return done


def _counts(pack: PaperPack) -> dict[str, int]:
    return {"in_hand": pack.in_hand, "tickets": len(pack.tickets), "pickups": len(pack.pickups)}


def _files(desk: Desk) -> PackFiles:
    if desk.outside.packs is None:
        raise Refused("device_absent", device="paper pack")
    return desk.outside.packs


def print_paper_pack(desk: Desk, *, show: str) -> dict[str, Any]:
    """Print a show's pack in short at the receipt printer: no map, and no ticket. Raises Refused: unknown_show
    device_absent storage_failed."""
    desk.signed_in("sell")
    pack = packdata.pack_of(desk, show, packdata.pickups_of(desk, show))
    return print_list(desk, "paper_pack", show, short_form(desk, pack))
