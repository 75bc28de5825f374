"""Training: a till whose sales are nobody's. What it may do beyond a real till, and where its codes count."""

from __future__ import annotations

from typing import Any

from pos.domain.errors import Refused
from pos.domain.mask import scrub
from pos.domain.sale import of_training
from pos.till.desk import Desk


def link(desk: Desk, *, cut: bool = False, mend: bool = False) -> dict[str, Any]:
    """Cut the line to the training's office, or mend it, to learn what an outage is like.

    Raises Refused("not_allowed") at a real till: its line is not ours to cut.
    """
    cable = desk.outside.cable
    if cable is None:
        raise Refused("not_allowed", what="link", reason="the line is cut and mended in training only")
    if desk.outside.exercise is not None:
        raise Refused("not_allowed", what="link", reason="in a drill the line goes and comes by itself")
    if cut == mend:
        raise Refused("bad_request", field="cut", reason="say either cut or mend")
    if cut:
        cable.cut()
    else:
        cable.mend()
    return {"line": "cut" if cut else "whole"}


def foreign(desk: Desk, code: str) -> bool:
    """Whether this is the code of a training ticket, and this till is a real one."""
    return desk.outside.cable is None and of_training(code)


def check_real(desk: Desk, code: str) -> None:
    """Raises Refused("unknown_ticket") that says so for a training ticket at a real till."""
    if foreign(desk, code):
        raise Refused("unknown_ticket", ticket=scrub(code), training=True)
