"""Layouts: looked at, tried out, saved and taken back by those who set this machine up."""

from __future__ import annotations

import itertools
from concurrent.futures import Future
from typing import Any, Final

from pos.domain.errors import Refused
from pos.till.counter import blanks, issue
from pos.till.desk import Desk, Verb
from pos.till.ports import Outcome
from pos.till.shelf import Layouts
from pos.till.waiting import within

LANGUAGES: Final = ("en", "zh_TW", "vi", "uk", "hu")
_ROLL_MM: Final = 72.0
_PRINT_S: Final = 60.0  # a test print may wait behind others
_numbers = itertools.count(1)


def layouts(desk: Desk) -> Verb[dict[str, Any]]:
    """All layouts, and which printers use them."""
    listed = yield _layouts(desk).listed()
    return {"layouts": listed, "languages": list(LANGUAGES)}


def layout(desk: Desk, *, layout: str) -> Verb[dict[str, Any]]:
    """One layout with its text."""
    found = yield _layouts(desk).text(layout)
    return {"layout": found}


def layout_preview(
    desk: Desk, *, text: str, language: str = "en", marked: bool = False, width: int = 0
) -> Verb[dict[str, Any]]:
    """A sample page set in this text, or what is wrong with the text: that, too, is an answer."""
    preview = yield _layouts(desk).preview(text, language, marked, width or _ROLL_MM)
    return {"preview": preview}


def layout_save(desk: Desk, *, text: str) -> Verb[dict[str, Any]]:
    """Keep a layout; printers use it from the next page on. Raises Refused: bad_request storage_failed."""
    saved = yield _layouts(desk).save(text)
    return _changed(desk, saved)


def layout_revert(desk: Desk, *, layout: str) -> Verb[dict[str, Any]]:
    """Give up the till's own for the shipped one. Raises Refused: bad_request storage_failed."""
    shipped = yield _layouts(desk).revert(layout)
    return _changed(desk, shipped)


def layout_print(desk: Desk, *, text: str, language: str = "en") -> Verb[dict[str, Any]]:
    """Print a sample that says that it is not valid, in a text that need not be saved."""
    content = yield _layouts(desk).proof(text, language)
    role = "ticket" if content["kind"] == "ticket" else "receipt"
    issue.check_present(desk, role)
    done: Future[tuple[Outcome, str]] = Future()
    name = f"sample-{next(_numbers)}"

    def heard(outcome: Outcome, said: str, sheets: int | None = None, /) -> None:
        done.set_result((outcome, said))

    desk.outside.printers.submit(role, name, content, lambda: None, heard)
    printed = yield within(done, _PRINT_S)
    outcome, said = printed or ("unknown", f"nothing was heard of it within {_PRINT_S:g} s")
    if role == blanks.ROLE and outcome == "done" and desk.user is not None:
        blanks.test_page(desk, desk.user.id)
    return {"printer": f"printer.{role}", "outcome": outcome, "text": said}


def _layouts(desk: Desk) -> Layouts:
    desk.signed_in("set_up")
    if desk.outside.layouts is None:
        raise Refused("device_absent", device="layouts")
    return desk.outside.layouts


def _changed(desk: Desk, layout: dict[str, Any]) -> dict[str, Any]:
    with desk.unit() as unit:
        answer = unit.answers({"layout": layout})
    desk.emit("layouts", layout=layout["name"])
    return answer
