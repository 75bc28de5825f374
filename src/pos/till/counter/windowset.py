"""How the window of this till looks and behaves: [window] in till.toml, seen by anybody and changed at the window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.season import MAY
from pos.till.desk import Desk, Verb
from pos.till.setup import DeviceSetup, SetUp

_SECTION: Final = "window"
_OF_THE_HOUSE: Final = frozenset({"lock_after"})  # how long a till may stand open is not for each cashier to say


def window(desk: Desk) -> dict[str, Any]:
    """What is set, what paper is printed in, and whether this person may say when the window locks."""
    user = desk.signed_in()
    return {
        "window": _setup(desk).window(),
        "paper": desk.outside.locale,
        "may_lock": user.role in MAY["set_up"],
    }


def window_put(desk: Desk, *, values: Mapping[str, Any]) -> Verb[dict[str, Any]]:
    """Change some of it. Raises Refused: bad_request not_allowed storage_failed."""
    desk.signed_in("set_up" if _OF_THE_HOUSE & values.keys() else "look")
    done: SetUp = yield _setup(desk).put(_SECTION, values)
    with desk.unit() as unit:
        return unit.answers({"window": _setup(desk).window(), "now": done.now})


def _setup(desk: Desk) -> DeviceSetup:
    if desk.outside.setup is None:
        raise Refused("device_absent", device="set-up of the window")
    return desk.outside.setup
