"""The waiting list: numbers in order, called in order, each step a fact, with or without a line."""

from __future__ import annotations

import io
from typing import Any

import pytest

from pos.store.verify import report
from tests.unit.till.counter import Counter


def join(counter: Counter, name: str = "", **more: Any) -> str:
    return str(counter.ask("join_standby", show="aida", name=name, **more)["entry"]["id"])


def call(counter: Counter, **more: Any) -> int:
    return int(counter.ask("call_standby", show="aida", **more)["entry"]["number"])


def end(counter: Counter, entry: str, outcome: str) -> str:
    return str(counter.ask("end_standby", entry=entry, outcome=outcome)["entry"]["state"])


def states(counter: Counter, **more: Any) -> dict[int, str]:
    return {one["number"]: one["state"] for one in counter.ask("standby", show="aida", **more)["entries"]}


def test_people_are_called_in_the_order_in_which_they_came(counter: Counter) -> None:
    first, second, _ = join(counter, "Ada", count=2), join(counter), join(counter)
    assert counter.ask("standby", show="aida")["next"] == first
    assert [call(counter), call(counter)] == [1, 2]
    assert (end(counter, first, "served"), end(counter, second, "skipped")) == ("served", "skipped")
    assert states(counter) == {2: "skipped", 3: "waiting"}
    assert states(counter, all=True) == {1: "served", 2: "skipped", 3: "waiting"}
    assert call(counter) == 3
    assert call(counter, entry=second) == 2, "who was skipped may be called again"
    assert counter.refusal("call_standby", show="aida").code == "bad_request", "nobody waits"
    bodies = counter.bodies("StandbyChanged")
    assert [body["record"]["state"] for body in bodies] == ["waiting"] * 3 + [
        "called", "called", "served", "skipped", "called", "called",
    ]  # fmt: skip
    assert bodies[-1]["user"] == "anna"


def test_nobody_is_called_before_who_came_first(counter: Counter) -> None:
    join(counter)
    second = join(counter)
    assert counter.refusal("call_standby", show="aida", entry=second).code == "not_allowed"


def test_an_end_needs_a_call(counter: Counter) -> None:
    entry = join(counter)
    assert counter.refusal("end_standby", entry=entry, outcome="served").code == "bad_request"
    assert end(counter, entry, "gone") == "gone", "but whoever waits may go"
    assert counter.refusal("end_standby", entry=entry, outcome="gone").code == "bad_request"
    assert counter.refusal("call_standby", show="aida", entry=entry).code == "bad_request"


def test_a_number_is_printed_and_outlives_a_cut_and_a_restart(counter: Counter) -> None:
    counter.line.cut()
    join(counter, "Ada")
    counter.printers.run()
    counter.settle()
    ((role, content),) = counter.printers.paper
    assert (role, content["kind"], content["number"]) == ("receipt", "list", "1")
    counter.restart()
    counter.sign_in()
    assert states(counter) == {1: "waiting"}
    join(counter)
    assert states(counter) == {1: "waiting", 2: "waiting"}
    out = io.StringIO()
    assert report(counter.folder, out) == 0, out.getvalue()


def test_the_list_of_another_window_is_its_own(counter: Counter) -> None:
    other = {"id": "T2-W00001", "home": "T2", "show": "aida", "number": 1, "count": 1, "name": "B", "state": "waiting",
             "at": "2027-03-01T18:00:00+01:00", "calls": 0}  # fmt: skip
    counter.line.document("standby", other)
    counter.settle()
    join(counter)
    assert [one["home"] for one in counter.ask("standby", show="aida")["entries"]] == ["T1", "T2"]
    refused = counter.refusal("call_standby", show="aida", entry="T2-W00001")
    assert (refused.code, refused.fields["holder"]) == ("order_open_elsewhere", "T2")
    assert call(counter) == 1


@pytest.mark.parametrize("fields", [{"show": "nothing"}, {"show": "aida", "count": 0}, {"show": "aida", "name": 1}])
def test_nonsense_is_refused(counter: Counter, fields: dict[str, Any]) -> None:
    assert counter.refusal("join_standby", **fields).code in ("bad_request", "unknown_show")
    assert "StandbyChanged" not in counter.kinds()


def test_the_same_key_takes_one_number(counter: Counter) -> None:
    assert counter.ask("join_standby", show="aida", key="k") == counter.ask("join_standby", show="aida", key="k")
    assert states(counter) == {1: "waiting"}
