"""The amnesia guard: a till whose ledger is behind its mark, or is not the one the office knows, may not sell."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from pos.domain.facts import Fact
from pos.store.ledger import Ledger, StorageFailed
from pos.till.ports import Recall, Standing
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]
FENCED = pytest.mark.expect_log("fenced: ")


@FENCED
def test_an_old_copy_of_the_folder_is_fenced(counter: Counter) -> None:
    counter.sell("A-1")
    counter.desk.stop()
    copy = counter.copy_folder()
    counter._start()
    counter.sign_in()
    counter.sell("A-2")
    counter.restart(lambda: counter.restore(copy))
    assert "fact 3 was written here before" in counter.ask("status")["fenced"]
    counter.sign_in()
    assert counter.refusal("add", show="aida", places=["B-1"], price_type="adult").code == "fenced"
    assert counter.rows("SELECT count(*) FROM journal") == [(2,)]
    counter.restart()
    assert counter.ask("status")["fenced"]


@pytest.mark.expect_log("fenced: ", "could not be written: ", "the fence could not be noted: ")
def test_an_old_copy_on_a_full_disk_starts_and_is_fenced_all_the_same(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter.desk.stop()
    copy = counter.copy_folder()
    counter._start()
    counter.sign_in()
    counter.sell("A-1")
    begin, full = Ledger.transaction, [True]

    def transaction(ledger: Ledger) -> AbstractContextManager[None]:
        if full.pop() if full else False:
            raise StorageFailed("database or disk is full")
        return begin(ledger)

    monkeypatch.setattr(Ledger, "transaction", transaction)
    counter.restart(lambda: counter.restore(copy))
    assert full == []
    counter.sign_in()
    assert counter.refusal("add", show="aida", places=["B-1"], price_type="adult").code == "fenced"
    counter.restart()
    assert counter.ask("status")["fenced"], "the mark still says so"


@FENCED
def test_another_history_of_the_same_length_is_fenced(counter: Counter) -> None:
    counter.desk.stop()
    copy = counter.copy_folder()
    mark_at_one = counter.mark.read()[2]
    counter._start()
    counter.sign_in()
    counter.sell("A-1")
    mark = counter.mark.read()
    counter.restart(lambda: (counter.restore(copy), counter.mark.write(1, 1, mark_at_one)))
    counter.sign_in()
    counter.ask("move_cash", kind="paid_in", amount="1.00", reason="another history")
    counter.restart(lambda: counter.mark.write(*mark))
    assert "is not the one that was written here before" in counter.ask("status")["fenced"]


@FENCED
def test_a_folder_from_before_an_enrolment_is_fenced(counter: Counter) -> None:
    counter.restart(lambda: counter.mark.write(2, 1, "0" * 64))
    assert "enrolled again" in counter.ask("status")["fenced"]


def test_a_ledger_that_is_ahead_of_its_mark_is_a_crash_and_no_amnesia(counter: Counter) -> None:
    mark = counter.mark.read()
    counter.sell("A-1")
    counter.restart(lambda: counter.mark.write(*mark))
    assert counter.ask("status")["fenced"] is None
    counter.sign_in()
    counter.sell("A-2")
    assert counter.mark.read()[1] == 3


def test_a_mark_that_is_gone_is_no_accusation(counter: Counter) -> None:
    counter.restart(lambda: (counter.identity.state_folder / "mark").unlink())
    assert counter.ask("status")["fenced"] is None


@FENCED
def test_the_office_fences_and_it_lasts(counter: Counter) -> None:
    counter.add("A-1")
    counter.line.side.fence("the office says that this till is DEAD").result(5)
    assert [event["reason"] for event in counter.said("fenced")] == ["the office says that this till is DEAD"]
    assert counter.refusal("pay", tenders=[{"kind": "cash", "amount": "59.00"}]).code == "fenced"
    counter.ask("clear")
    assert counter.ask("close_shift", counted={"total": "100.00"})["report"]["difference"] == "0.00"
    assert counter.refusal("open_shift", float="1.00").code == "fenced"
    counter.restart()
    assert counter.ask("status")["fenced"]


def test_what_the_office_has_is_remembered(counter: Counter) -> None:
    counter.sell("A-1")
    counter.line.drain()
    assert counter.ask("status")["applied"] == 2
    counter.restart()
    assert (counter.ask("status")["applied"], counter.ask("status")["unsent"]) == (2, 0)
    counter.line.side.acknowledge(1).result(5)  # an old answer, late
    assert counter.ask("status")["applied"] == 2


@FENCED
def test_an_old_copy_prints_nothing_again_unasked(counter: Counter) -> None:
    counter.sell("A-1")
    counter.desk.stop()
    copy = counter.copy_folder()
    counter.printers.jobs.clear()
    counter._start()
    counter.printers.run()
    counter.restart(lambda: counter.restore(copy))
    counter.settle()
    assert counter.printers.jobs == []
    assert [job["state"] for job in counter.ask("status")["unresolved"]] == ["unknown", "unknown"]


@FENCED
def test_an_old_copy_prints_copies_only(counter: Counter) -> None:
    counter.sell("A-1")
    counter.printers.run("failed", "out of paper")
    counter.settle()
    counter.desk.stop()
    copy = counter.copy_folder()
    counter._start()
    counter.sign_in()
    counter.ask("retry", job=1)
    counter.printers.run()
    counter.restart(lambda: counter.restore(copy))
    counter.sign_in()
    counter.ask("retry", job=1)
    counter.printers.run()
    tickets = [page["tickets"][0] for role, page in counter.printers.paper if role == "ticket"]
    assert [(ticket["ticket"], ticket["copy"]) for ticket in tickets] == [("T1-00001-1", 0), ("T1-00001-1", 1)]


@FENCED
def test_only_a_till_that_remembers_all_its_facts_says_where_they_end(counter: Counter) -> None:
    """What a person frees from another till's hands may rest on it (docs/protocol.md)."""
    counter.sell("A-1")
    assert counter.line.side.standing().result(5) == Standing(2, stopped=False)
    counter.line.side.fence("the office says that this till is FENCED").result(5)
    assert counter.line.side.standing().result(5) == Standing(2, stopped=True)
    counter.line.side.fence("the office has facts up to 9, the journal ends at 2", forgot=True).result(5)
    assert counter.line.side.standing().result(5) == Standing(None, stopped=True)
    counter.restart()
    assert counter.line.side.standing().result(5) == Standing(None, stopped=True)


@FENCED
def test_an_old_copy_that_was_fenced_for_something_else_is_found_out_too(counter: Counter) -> None:
    counter.sell("A-1")
    counter.line.side.fence("the office says that this till is FENCED").result(5)
    copy = counter.copy_folder()
    counter.ask("close_shift", counted={"total": "159.00"})
    counter.restart(lambda: counter.restore(copy))
    assert counter.line.side.standing().result(5).head is None


@FENCED
def test_an_old_copy_gives_nothing_back_for_it_may_have_been_passed_on(counter: Counter) -> None:
    counter.ask("add", show="aida", places=["A-1"], price_type="adult")
    counter.ask("clear")
    counter.desk.stop()
    copy = counter.copy_folder()
    counter._start()
    counter.sign_in()
    counter.sell("A-2")  # after the backup; this till might have passed A-1 on as well
    counter.restart(lambda: counter.restore(copy))
    counter.sign_in()
    ask = Recall("aida", "A-1", counter.line._token("aida", "A-1"))
    assert list(counter.line.side.recall([ask]).result(5)) == [ask]
    counter.ask("close_shift", counted={"total": "100.00"})
    kinds = [Fact.from_bytes(envelope).kind for (envelope,) in counter.rows("SELECT envelope FROM journal")]
    assert "ShiftClosed" in kinds
    assert "RightsReturned" not in kinds
