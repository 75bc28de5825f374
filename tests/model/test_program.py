"""The office's own rules in the place of the model's: what the model promises, the program keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.office.rules import board, effects, history
from tests.model import program
from tests.model.configurations import QUICK, UNREADABLE, search
from tests.model.rules import Bounds, Rules
from tests.model.test_rights import AT_MOST
from tests.mutate import mutate


@pytest.fixture(autouse=True)
def forget_what_was_settled() -> Iterator[None]:
    yield
    program.forget()


TRANSFERS = Bounds(epochs=2, hops=2, facts=2, tickets=2, transfers=True, refunds=True)
THREE = Bounds(tills=3, epochs=1, hops=2, facts=2, tickets=1, given=True, transfers=True)
DEAD = Bounds(epochs=2, hops=1, facts=2, tickets=2, transfers=True, refunds=True, fenced=frozenset({0}))
SEALED = Bounds(epochs=2, hops=1, facts=2, tickets=2, fenced=frozenset({0}), sealed=frozenset({0}))
PAPER = Bounds(epochs=1, hops=2, facts=2, tickets=1, paper=True, transfers=True)

# The other worlds take longer: `python -m tests.model --large`.
NAMES = (
    "two tills, one seat",
    "three tills",
    "two seats",
    "refunds",
    "holds",
    "holds, transfers and a death",
    "unreadable certificates",
    "a till is replaced",
    "a till joins after a death",
    "paper",
    "an old folder",
    "an old folder, two seats",
)
WORLDS = {name: (QUICK[name].rules, QUICK[name].bounds) for name in NAMES} | {"transfers": (Rules(), TRANSFERS)}


@pytest.mark.parametrize("name", WORLDS)
def test_the_office_keeps_what_the_model_promises(name: str) -> None:
    found = search(*WORLDS[name], "broken", AT_MOST, program.settle)
    assert not found.violation, str(found)
    print(f"{name}, by the program: {found}")


SLIPS = {
    "nothing is history": (history, "told", "account is None or account", "True or account", TRANSFERS, "disputed"),
    "a passing leaves no account": (effects, "_given", "past[effect.token] =", "_ =", THREE, "disputed"),
    "a certificate leaves no account": (
        effects, "_received", "past[place.token] =", "_ =", TRANSFERS, "disputed",
    ),
    "a certificate skips nothing": (
        effects, "_may_have_passed", "place.incarnation > 0", "False", THREE, "disputed",
    ),
    "a fenced till's refund is leased": (
        effects, "_own_step", "after is _LEASED and not author.active", "False", DEAD, "nobody can release it",
    ),
    "a fenced till is passed a lease": (
        effects, "_move", "quarantined or not way.active", "quarantined", DEAD, "nobody can release it",
    ),
    "a paper keeps its hop at the office": (
        effects, "_own_step", "place.hop = effect.leaves.hop", "pass", PAPER, "is lost",
    ),
}  # fmt: skip


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_of_the_office_is_found(slip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, old, new, bounds, violation = SLIPS[slip]
    mutate(monkeypatch, owner, name, old, new)
    found = search(Rules(), bounds, "broken", AT_MOST, program.settle)
    assert violation in found.violation, str(found)
    print(f"{slip}: {found}")


def test_what_is_parked_has_to_be_taken_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board.Board, "resume", lambda self: [])
    found = search(UNREADABLE, TRANSFERS, "broken", AT_MOST, program.settle)
    assert "stays parked" in found.violation or "lost" in found.violation, str(found)
