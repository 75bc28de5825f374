"""Devices set up while the till sells: real printers on sockets, a real till.toml, a real ledger."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.app.bench import FILE, RECEIPTS, TICKETS, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "bench")
    bench.counter.open("sam")
    bench.wait(lambda: all(bench.device(name)["state"] == "ready" for name in (TICKETS, RECEIPTS)))
    yield bench
    bench.close()


def test_every_device_is_told_with_what_it_is_and_what_it_did(bench: Bench) -> None:
    bench.counter.sell("A-1")
    bench.wait(lambda: bench.jobs() == {1: "done", 2: "done"})
    tickets = bench.device(TICKETS)
    assert tickets["values"] == {
        "profile": "epson-tm-t88v",
        "transport": bench.tickets.url,
        "layout": "ticket-standard",
    }
    assert tickets["did"] == "job 1 done: printed"
    assert all(tickets[age] < 30 for age in ("since_s", "did_s", "sent_s", "heard_s"))
    assert any("12" in line for line in tickets["heard"])
    assert tickets["sent"]
    terminal = bench.device("terminal")
    assert terminal["values"] == {"protocol": "zvt", "transport": "tcp://127.0.0.1:9"}, "without the password"
    answer = bench.ask("devices")
    assert "epson-tm-t88v" in answer["choices"]["profile"]
    assert answer["may_set_up"] is True


def test_a_cashier_sees_how_devices_are_and_no_bytes_and_changes_nothing(bench: Bench) -> None:
    bench.counter.sign_in("anna")
    assert "sent" not in bench.device(TICKETS)
    assert bench.ask("devices")["may_set_up"] is False
    before = bench.file.read_bytes()
    values = {"transport": "tcp://127.0.0.1:1"}
    for refusal in (
        bench.counter.refusal("device_put", device=TICKETS, values=values),
        bench.counter.refusal("device_remove", device=TICKETS),
        bench.counter.refusal("device_find"),
        bench.counter.refusal("device_test", device="drawer"),
    ):
        assert refusal.code == "not_allowed"
    assert bench.file.read_bytes() == before
    assert bench.receipts.kicks == 0
    bench.ask("sign_out")
    assert bench.counter.refusal("devices").code == "not_signed_in"


def test_a_printer_is_exchanged_while_the_till_sells_and_what_waited_prints_at_the_new_one(bench: Bench) -> None:
    bench.tickets.hold(True)
    first = bench.counter.sell("A-1")  # begun, and not confirmed
    bench.wait(lambda: bench.jobs()[1] == "started")
    second = bench.counter.sell("A-2")  # waits behind it
    answer = bench.ask("device_put", device=TICKETS, values={"transport": bench.spare.url})
    assert answer == {"device": TICKETS, "now": True, "text": "in force"}
    bench.spare.wait_for(1)
    assert bench.spare.codes() == [second["tickets"][0]["code"]]
    bench.wait(lambda: (bench.jobs()[1], bench.jobs()[3]) == ("unknown", "done"))
    assert bench.spare.codes() == [second["tickets"][0]["code"]], first
    assert bench.file.read_text() == FILE.format(tickets=bench.spare.url, receipts=bench.receipts.url)


def test_what_is_sold_while_a_printer_is_exchanged_prints_once_at_the_new_one(bench: Bench) -> None:
    bench.tickets.hold(True)
    bench.counter.sell("A-1")
    bench.wait(lambda: bench.jobs()[1] == "started")
    changing = bench.counter.front.call("device_put", device=TICKETS, values={"transport": bench.spare.url})
    sales = [bench.counter.sell(f"A-{seat}") for seat in (2, 3, 4)]
    assert changing.result(15)["now"]
    bench.wait(lambda: set(bench.jobs().values()) <= {"done", "unknown"})
    assert sorted(bench.spare.codes()) == sorted(sale["tickets"][0]["code"] for sale in sales)


@pytest.mark.parametrize(
    ("device", "values", "reason"),
    [
        (TICKETS, {"transport": "tcp://nowhere"}, "must look like tcp://"),
        (TICKETS, {"profile": "no-such"}, "there is no printer profile 'no-such'"),
        (TICKETS, {"layout": "no-such"}, "no-such"),
        (TICKETS, {"transport": None}, "printer.ticket.transport: is missing"),
        (TICKETS, {"speed": 9}, "printer.ticket.speed: is unknown"),
        (TICKETS, {"profile": "pdf"}, "cannot be reached by tcp://"),
        ("drawer", {"via": "printer.door"}, "is neither printer.receipt nor printer.ticket"),
        ("terminal", {"password": "12345"}, "must be six digits"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    bench: Bench, device: str, values: dict[str, Any], reason: str
) -> None:
    before = bench.file.read_bytes()
    refused = bench.counter.refusal("device_put", device=device, values=values)
    assert refused.code == "bad_request"
    assert reason in refused.fields["reason"]
    assert "12345" not in refused.fields["reason"]
    assert bench.file.read_bytes() == before
    assert not list(bench.file.parent.glob("*.new"))
    bench.counter.sell("A-1")
    bench.wait(lambda: bench.jobs()[1] == "done")


def test_a_printer_is_taken_away_and_its_waiting_tickets_say_so_and_go_elsewhere(bench: Bench) -> None:
    refused = bench.counter.refusal("device_remove", device=RECEIPTS)
    assert "there is no [printer.receipt]" in refused.fields["reason"], "the drawer hangs on it"
    bench.tickets.hold(True)
    bench.counter.sell("A-1")
    bench.wait(lambda: bench.jobs()[1] == "started")
    bench.counter.sell("A-2")
    assert bench.ask("device_remove", device=TICKETS)["now"]
    bench.wait(lambda: bench.jobs()[3] == "failed")
    assert "printer" in tomllib.loads(bench.file.read_text())
    assert TICKETS not in [each["name"] for each in bench.ask("devices")["devices"]]
    bench.ask("move_job", job=3, to=RECEIPTS)
    bench.wait(lambda: bench.jobs()[3] == "done")


def test_the_drawer_is_hung_on_another_printer_at_once(bench: Bench) -> None:
    assert bench.ask("device_test", device="drawer")["outcome"] == "done"
    bench.ask("device_put", device="drawer", values={"via": TICKETS})
    assert bench.ask("device_test", device="drawer")["outcome"] == "done"
    bench.wait(lambda: (bench.receipts.kicks, bench.tickets.kicks) == (1, 1))


def test_a_terminal_is_changed_in_the_file_and_says_when_it_counts(bench: Bench) -> None:
    answer = bench.ask("device_put", device="terminal", values={"transport": "tcp://127.0.0.1:7", "password": "111111"})
    assert (answer["now"], "next start" in answer["text"]) == (False, True)
    assert tomllib.loads(bench.file.read_text())["terminal"]["password"] == "111111"
    assert "111111" not in str(bench.ask("devices"))


def test_a_test_page_comes_out_and_is_no_ticket(bench: Bench) -> None:
    for device, toy in ((TICKETS, bench.tickets), (RECEIPTS, bench.receipts)):
        assert bench.ask("device_test", device=device) == {"device": device, "outcome": "done", "text": "printed"}
        toy.wait_for(1)
    assert bench.tickets.codes() == ["TEST"]
    assert bench.jobs() == {}, "a test is nobody's paper"
    bench.tickets.set("cover_open")
    tested = bench.ask("device_test", device=TICKETS)
    assert (tested["outcome"], tested["text"]) == ("failed", "the cover is open")
    assert bench.ask("device_test", device="terminal")["outcome"] == "failed", "it runs without one"
    assert bench.counter.refusal("device_test", device="scanner").code == "device_absent"


def test_a_device_that_is_found_is_set_up(bench: Bench) -> None:
    there = f"127.0.0.1:{bench.spare.port}"
    found = {row["address"]: row["text"] for row in bench.ask("device_find", addresses=[there, "127.0.0.1:1"])["found"]}
    assert found[f"tcp://{there}"] == "something answers there"
    assert "refused" in found["tcp://127.0.0.1:1"]
    assert bench.counter.refusal("device_find", addresses=["x"] * 9).code == "bad_request"


def test_the_same_key_sets_up_once(bench: Bench) -> None:
    values = {"transport": bench.spare.url}
    first = bench.ask("device_put", device=TICKETS, values=values, key="k")
    bench.file.write_text(FILE.format(tickets=bench.tickets.url, receipts=bench.receipts.url))
    assert bench.ask("device_put", device=TICKETS, values=values, key="k") == first
    assert bench.tickets.url in bench.file.read_text()


def test_the_sensors_polarity_is_set_and_counts_at_once(bench: Bench) -> None:
    assert bench.device("drawer")["text"] == "shut"
    bench.ask("device_put", device="drawer", values={"open_when": "low"})
    bench.wait(lambda: bench.device("drawer")["text"] == "open")
    bench.ask("device_put", device="drawer", values={"open_when": None, "left_open_s": 1})
    bench.wait(lambda: bench.device("drawer")["text"] == "shut")
    bench.counter.sell("A-1")
    bench.wait(lambda: [state for state, by, _ in bench.drawer if by == "till"][-1:] == ["left_open"])


def test_a_drawer_moves_to_a_port_of_its_own(bench: Bench) -> None:
    values = {"via": None, "transport": "serial:///dev/no-such-port", "kick": "1B 70 00 19 FA"}
    assert bench.ask("device_put", device="drawer", values=values)["now"]
    bench.wait(lambda: bench.device("drawer")["state"] == "absent")
    bench.counter.sell("A-1")
    bench.wait(lambda: bench.jobs()[1] == "done")
    assert bench.receipts.kicks == 0
    refused = bench.counter.refusal("device_put", device="drawer", values={"transport": "tcp://127.0.0.1:9"})
    assert "a drawer cannot be reached by tcp://" in refused.fields["reason"]


def test_a_printer_that_was_not_there_is_set_up_and_prints_at_once(bench: Bench) -> None:
    bench.ask("device_remove", device=TICKETS)
    bench.counter.sell("A-1")
    bench.wait(lambda: bench.jobs()[1] == "failed")
    values = {"profile": "epson-tm-t88v", "layout": "ticket-standard"}
    refused = bench.counter.refusal("device_put", device=TICKETS, values=values)
    assert "printer.ticket.transport: is missing" in refused.fields["reason"]
    assert bench.ask("device_put", device=TICKETS, values=values | {"transport": bench.spare.url})["now"]
    bench.ask("retry", job=1)
    bench.wait(lambda: bench.jobs()[1] == "done")
    assert len(bench.spare.codes()) == 1


def test_a_terminal_keeps_its_word_about_slips_until_the_next_start(bench: Bench) -> None:
    bench.ask("device_put", device="drawer", values={"via": TICKETS})
    assert "slips as before" in bench.ask("device_remove", device=RECEIPTS)["text"]


def test_a_password_is_in_the_file_and_nowhere_else(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        bench.ask("device_put", device="terminal", values={"password": "864201"}, key="k")
    assert "864201" in bench.file.read_text()
    assert "864201" not in caplog.text + str(bench.ask("devices")) + str(bench.counter.rows("SELECT body FROM answer"))
