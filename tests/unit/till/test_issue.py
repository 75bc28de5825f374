"""Paper follows the sale and can neither undo nor repeat it."""

from __future__ import annotations

import json
from collections.abc import Callable

from pos.paper.content import check, pages
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]


def states(counter: Counter) -> list[tuple[str, str]]:
    counter.settle()
    return [(job["kind"], job["state"]) for job in counter.ask("jobs")["jobs"]]


def test_tickets_and_receipt_come_out_and_it_is_a_fact(counter: Counter) -> None:
    counter.sell("A-1", "A-2")
    counter.printers.run()
    assert states(counter) == [("ticket", "done"), ("receipt", "done")]
    assert [role for role, _ in counter.printers.paper] == ["ticket", "receipt"]
    tickets = counter.printers.paper[0][1]["tickets"]
    assert [ticket["code"] for ticket in tickets] == ["CODE00000001", "CODE00000002"]
    assert tickets[0]["place"] == "Stalls A 1"
    events = counter.said("printed")
    assert [(e["tickets"], e["outcome"]) for e in events] == [(["T1-00001-1", "T1-00001-2"], "done")]
    assert counter.kinds()[-1] == "PrintReported"
    last = json.loads(counter.rows("SELECT envelope FROM journal ORDER BY number DESC LIMIT 1")[0][0])
    assert (last["body"]["outcome"], last["body"]["tickets"]) == ("done", ["T1-00001-1", "T1-00001-2"])


def test_what_is_sent_to_paper_is_what_paper_reads(counter: Counter) -> None:
    counter.sell("A-1", "Foyer")
    counter.ask("close_shift", counted={"total": "100.00"})
    assert len(counter.printers.jobs) == 3
    for job in counter.printers.jobs:
        for page in pages(job.content):
            check(page)


def test_the_printed_event_comes_after_the_answer(counter: Counter) -> None:
    counter.sell("A-1")
    assert counter.said("printed") == []
    counter.printers.run()
    assert len(counter.said("printed")) == 1


def test_a_failed_job_waits_and_prints_again_as_the_same_paper(counter: Counter) -> None:
    sale = counter.sell("A-1")
    counter.printers.run("failed", "the paper is at its end")
    assert states(counter)[0] == ("ticket", "failed")
    assert next(job["text"] for job in counter.ask("status")["unresolved"]) == "the paper is at its end"
    assert counter.ask("retry", job=1)["state"] == "queued"
    assert counter.refusal("retry", job=1).code == "not_allowed"
    counter.printers.run()
    assert states(counter)[0] == ("ticket", "done")
    assert counter.printers.paper[0][1]["tickets"][0]["ticket"] == sale["tickets"][0]["id"]
    assert counter.rows("SELECT count(*) FROM ticket") == [(1,)]
    assert counter.refusal("retry", job=1).code == "not_allowed"
    assert counter.refusal("retry", job=99).code == "bad_request"


def test_a_job_that_had_not_begun_prints_after_a_restart(counter: Counter) -> None:
    counter.sell("A-1")
    counter.restart()
    assert [job.role for job in counter.printers.jobs] == ["ticket", "receipt"]
    counter.printers.run()
    counter.sign_in()
    assert [state for _, state in states(counter)] == ["done", "done"]


def test_a_job_that_had_begun_is_a_question_after_a_restart(counter: Counter) -> None:
    counter.sell("A-1")
    counter.printers.begin()
    counter.restart()
    assert counter.printers.jobs == []
    asked = counter.said("print_unknown")
    assert [event["tickets"] for event in asked] == [["T1-00001-1"], []]
    counter.sign_in()
    assert states(counter) == [("ticket", "unknown"), ("receipt", "unknown")]
    assert counter.ask("printed", job=1, came_out=True)["state"] == "done"
    assert counter.ask("printed", job=2, came_out=False)["state"] == "queued"
    assert [job.role for job in counter.printers.jobs] == ["receipt"]
    counter.printers.run()
    assert states(counter) == [("ticket", "done"), ("receipt", "done")]
    assert counter.refusal("printed", job=1, came_out=True).code == "not_allowed"


def test_what_prints_again_is_a_copy_that_the_office_counts(counter: Counter) -> None:
    counter.sell("A-1", "A-2")
    counter.printers.run("unknown", "the line broke off")
    assert counter.ask("printed", job=1, came_out=False)["state"] == "queued"
    assert [page["copy"] for page in counter.printers.jobs[0].content["tickets"]] == [1, 1]
    assert counter.kinds()[-2:] == ["CopyIssued", "CopyIssued"]


def test_a_copy_is_issued_by_whoever_holds_the_tickets_token(counter: Counter) -> None:
    """Another window has printed a copy meanwhile: two papers must not have one number."""
    (ticket,) = [item["id"] for item in counter.sell("A-1")["tickets"]]
    counter.printers.run("unknown", "the line broke off")
    counter.line.recall(("aida", "A-1"))
    counter.line.drain()
    counter.line.give("aida", "A-1", "SOLD", "T2")
    counter.settle()
    refused = counter.refusal("printed", job=1, came_out=False)
    assert (refused.code, refused.fields["holder"]) == ("right_to_issue_elsewhere", "T2")
    counter.line.copies[ticket] = 1
    counter.line.give("aida", "A-1", "SOLD", "")
    counter.settle()
    counter.ask("printed", job=1, came_out=False)
    assert [page["code"][-2:] for page in counter.printers.jobs[0].content["tickets"]] == [".2"]
    counter.line.drain()
    assert counter.line.disputes == []


def test_a_ticket_that_came_back_meanwhile_prints_no_more(counter: Counter) -> None:
    one, two = [item["id"] for item in counter.sell("A-1", "A-2")["tickets"]]
    counter.printers.run("unknown", "the line broke off")
    counter.ask("refund", tickets=[one], reason="ill")
    counter.ask("printed", job=1, came_out=False)
    tickets = [job for job in counter.printers.jobs if job.role == "ticket"]
    assert [page["ticket"] for page in tickets[0].content["tickets"]] == [two]


def test_an_unknown_outcome_is_asked_about_and_never_printed_again_by_itself(counter: Counter) -> None:
    counter.sell("A-1")
    counter.printers.run("unknown", "the line broke off")
    assert states(counter)[0] == ("ticket", "unknown")
    assert counter.said("printed")[0]["outcome"] == "unknown"
    counter.restart()
    assert counter.printers.jobs == []


def test_a_till_without_a_ticket_printer_sells_and_says_so(make_counter: Make) -> None:
    counter = make_counter(roles=("receipt",))
    counter.open()
    counter.sell("A-1")
    assert states(counter)[0] == ("ticket", "failed")
    assert "no ticket printer" in counter.said("printed")[0]["text"]


def test_a_receipt_can_be_had_again(counter: Counter) -> None:
    assert counter.refusal("receipt").code == "unknown_ticket"
    counter.add("A-1")
    counter.pay(given="60.00")
    counter.sell("A-2")
    counter.printers.run()
    assert counter.ask("receipt")["job"] == 5
    counter.ask("receipt", sale="T1-00001")
    assert counter.refusal("receipt", sale="T1-00009").code == "unknown_ticket"
    counter.printers.run()
    again = [page for role, page in counter.printers.paper if role == "receipt"]
    assert [page["sale"] for page in again] == ["T1-00001", "T1-00002", "T1-00002", "T1-00001"]
    assert (again[3]["given"], again[3]["change"]) == ("€60.00", "€1.00")


def test_a_receipt_is_no_ticket(counter: Counter) -> None:
    counter.sell("A-1")
    counter.printers.run()
    assert [event["kind"] for event in counter.said("paper")] == ["receipt"]
    assert counter.kinds().count("PrintReported") == 1
