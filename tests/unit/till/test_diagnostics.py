"""Diagnostics: what is told line by line, without anybody signed in and without a secret; kept and printed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pos.app.machine import Machine
from pos.domain.mask import scrub
from pos.settings import settings_from
from pos.store.identity import Identity
from pos.till.counter.diagnostics import grouped
from tests.unit.till.counter import Counter

TOML = """
[till]
id = "T1"
[office]
url = "https://office:geheim@house.example:8443"
[terminal]
protocol = "zvt"
transport = "tcp://127.0.0.1:20007"
password = "123456"
"""


@pytest.fixture
def told(counter: Counter) -> Callable[[], dict[str, str]]:
    """The lines by key, of a till on a machine; nobody is signed in."""
    settings = settings_from(TOML, counter.folder / "till.toml")
    machine = Machine(settings, Identity("a1", "file"), "the platform's keyring")
    counter.desk.outside = replace(counter.desk.outside, machine=machine)
    counter.ask("sign_out")

    def lines() -> dict[str, str]:
        answer = counter.ask("diagnostics")["lines"]
        assert [one["line"] for one in answer] == list(range(1, len(answer) + 1))
        return {one["key"]: one["value"] for one in answer}

    return lines


def test_everything_that_is_asked_on_the_telephone_is_there(
    counter: Counter, told: Callable[[], dict[str, str]]
) -> None:
    lines = told()
    status = counter.ask("status")
    assert lines["till"] == "T1"
    assert lines["incarnation"] == str(status["incarnation"])
    assert lines["journal"] == str(status["journal"]["number"])
    assert lines["journal_hash"].replace(" · ", "") == status["journal"]["hash"][:16]
    assert lines["unsent"] == str(status["unsent"])
    assert lines["link"].split()[0] == status["link"]["state"]
    assert lines["replica"].isdigit()
    assert lines["data_folder"] == str(counter.folder)
    assert lines["log_file"] == str(counter.folder / "housefull.log")
    assert lines["key"] == "the platform's keyring"
    assert re.fullmatch(r"[\d.]+ GB free of [\d.]+ GB", lines["disk"])
    assert re.fullmatch(r"[\d.]+ MB", lines["ledger_size"])
    assert re.fullmatch(r"Python 3\.\S+, SQLite 3\.\S+, Qt 6\.\S+", lines["versions"])
    assert lines["device:printer.ticket"].startswith("ready")
    assert {"clock", "clock_offset", "link_since", "last_sent", "last_received", "replica_at", "state_folder"} <= set(
        lines
    )


def test_the_replica_is_of_now_while_the_line_is_up_and_as_old_as_the_offices_word_after_that(
    counter: Counter, told: Callable[[], dict[str, str]]
) -> None:
    counter.clock.wait(minutes=5)
    assert told()["replica_at"] == told()["clock"].rpartition(" ")[0]
    counter.line.cut()
    counter.clock.wait(minutes=20)
    lines = told()
    assert "-" != lines["replica_at"] < lines["clock"].rpartition(" ")[0]


def test_no_secret_is_told(told: Callable[[], dict[str, str]]) -> None:
    lines = told()
    assert lines["office_address"] == "https://house.example:8443"
    assert not any(secret in value for value in lines.values() for secret in ("geheim", "123456"))


def test_a_hash_is_read_in_groups() -> None:
    assert grouped("3f2a91c088d10b7e" + "f" * 48) == "3f2a · 91c0 · 88d1 · 0b7e"
    # One of digits alone is a hash still, whatever a card's number looks like.
    assert scrub(grouped("4111111111111111" + "f" * 48)) == "4111 · 1111 · 1111 · 1111"


def test_the_last_trouble_of_a_device_stays_after_it(counter: Counter, told: Callable[[], dict[str, str]]) -> None:
    counter.desk.post(lambda: counter.desk.emit("device", name="printer.ticket", state="trouble", text="no paper"))
    counter.desk.post(lambda: counter.desk.emit("device", name="printer.ticket", state="ready", text="ready"))
    counter.settle()
    assert re.search(r"^ready.*; last trouble 2027-[-0-9]+ [:0-9]+: no paper$", told()["device:printer.ticket"])


def test_how_far_the_clock_is_from_the_offices(counter: Counter, told: Callable[[], dict[str, str]]) -> None:
    counter.desk.post(lambda: counter.desk.clock.hear(counter.desk.clock.wall - timedelta(seconds=90)))
    counter.settle()
    offset = told()["clock_offset"]
    assert offset.startswith("+")
    assert float(offset.removesuffix(" s")) == pytest.approx(90, abs=5)  # seconds go on meanwhile


def test_the_lines_are_kept_in_the_data_folder_with_card_numbers_masked(
    counter: Counter, told: Callable[[], dict[str, str]]
) -> None:
    told()
    answer = counter.ask("keep_diagnostics", lines=["1. Till: T1", "2. Slip: 5413330089604111"], to="file")
    kept = Path(answer["file"])
    assert kept.parent == counter.folder
    assert kept.read_text(encoding="utf-8").startswith("1. Till: T1\n2. Slip: ")
    assert "5413330089604111" not in kept.read_text(encoding="utf-8")
    assert counter.refusal("keep_diagnostics", lines=["a"], to="mail").fields["field"] == "to"
    assert counter.refusal("keep_diagnostics", lines=[], to="file").fields["field"] == "lines"


def test_they_are_printed_without_a_word_in_the_ledger(counter: Counter, told: Callable[[], dict[str, str]]) -> None:
    told()
    before = counter.ask("status")["journal"]
    asked = counter.front.call("keep_diagnostics", lines=["1. Till: T1"], to="paper")
    counter.settle()
    counter.printers.run()
    answer = asked.result(10)
    ((_, content),) = counter.printers.paper
    assert content["groups"][0]["rows"] == [{"text": "1. Till: T1", "amount": ""}]
    assert (answer["printer"], answer["outcome"]) == ("printer.receipt", "done")
    assert counter.ask("status")["journal"] == before
