"""An office with two addresses, over TCP: cables that are pulled, come and go, or lead to somebody else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pos.demo.cable import Cable
from pos.domain.rights import Token
from sync.agent import Address, lines, probe, pull, push
from tests.peers.toy_office import Fault, ToyOffice
from tests.wire.agent.till import Till, join, soon

BACKUP = "4G"


@dataclass
class Ways:
    """A till with a main cable and another one to the same office."""

    till: Till
    main: Cable
    backup: Cable

    @property
    def shown(self) -> tuple[str, str]:
        link = self.till.agent.link()
        return link.state, link.line

    def states(self) -> list[str]:
        return [one.state for one in self.till.agent.lines()]

    def told(self) -> list[tuple[str, str]]:
        """The states and addresses that the till heard of, one after the other."""
        return [key for key, _ in groupby((link.state, link.line) for link in self.till.journal.links)]

    def sell(self, amount: int) -> None:
        self.till.journal.write(amount=amount)
        self.till.agent.facts_waiting()


def cable(office: ToyOffice) -> Cable:
    address = urlsplit(office.url)
    assert address.hostname is not None
    assert address.port is not None
    return Cable(address.hostname, address.port)


@pytest.fixture
def ways(office: ToyOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ways]:
    """Running, online over the main cable. It looks after its other addresses more often than in a house."""
    monkeypatch.setattr(probe, "PROBE_S", 0.1)
    monkeypatch.setattr(lines, "SETTLE_S", 0.5)
    monkeypatch.setattr(pull, "POLL_S", 1.0)
    monkeypatch.setattr(pull, "LATE_S", 1.0)
    main, backup = cable(office), cable(office)
    till = join(office, tmp_path, f"http://127.0.0.1:{main.port}", [Address(BACKUP, f"http://127.0.0.1:{backup.port}")])
    till.agent.start()
    running = Ways(till, main, backup)
    soon(lambda: running.states() == ["in_use", "answers"])
    yield running
    till.agent.stop()
    main.close()
    backup.close()


def test_a_cut_main_line_is_no_outage(ways: Ways) -> None:
    """The other takes over by itself, for polls, sales and claims alike, and the main one when it is back."""
    ways.sell(1)
    soon(lambda: ways.till.journal.acknowledged() == 1)
    ways.main.cut()
    at_once = ways.till.agent.claim("party", ["Standing#2"], whole=True, wait_s=0.0)
    assert at_once.result(5).granted, "the customer at the counter hears nothing of it"
    soon(lambda: ways.shown == ("online", BACKUP))
    ways.sell(2)
    soon(lambda: ways.till.journal.acknowledged() == 2)
    claim = ways.till.agent.claim("party", ["Standing#1"], whole=True, wait_s=0.0)
    assert claim.result(5).granted == (("Standing#1", Token(1, 0)),)
    soon(lambda: ways.states() == ["fails", "in_use"])
    ways.main.mend()
    soon(lambda: ways.shown == ("online", ""), 10.0)
    ways.sell(3)
    soon(lambda: ways.till.journal.acknowledged() == 3)
    assert ways.told() == [("online", ""), ("online", BACKUP), ("online", "")]


def test_back_on_the_main_line_the_poll_asks_there_at_once_and_a_sale_comes_to_its_end(
    office: ToyOffice, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for news on the line that was left would hear of no recall there, should it fall silent."""
    monkeypatch.setattr(pull, "POLL_S", 4.0)
    monkeypatch.setattr(pull, "LATE_S", 3.0)
    ways.main.cut()
    soon(lambda: ways.shown == ("online", BACKUP))
    office.next("/v1/push", *[Fault.SLOW] * 30)
    ways.main.mend()
    deadline, polls = time.monotonic() + 10.0, 0
    while ways.states() != ["in_use", "answers"] and time.monotonic() < deadline:
        polls = office.requests.count("/v1/pull")
        ways.sell(1)
        time.sleep(0.05)
    soon(lambda: office.requests.count("/v1/pull") >= polls + 2, 1.5)  # whether it is there, and then what is new
    soon(lambda: ways.shown == ("online", ""))
    assert ways.states() == ["in_use", "answers"], "nothing was wrong with the other"
    sold = len(ways.till.journal.facts)
    soon(lambda: ways.till.journal.acknowledged() == sold)
    assert [number for page in office.pushed for number in page] == list(range(1, sold + 1)), "none was sent twice"


def test_a_sale_on_its_way_when_the_line_falls_silent_goes_over_the_other(ways: Ways) -> None:
    """Nothing breaks and nothing comes: what hangs there is cut off and sent again when the poll has given up."""
    ways.main.cut(silent=True)
    ways.sell(1)
    claim = ways.till.agent.claim("party", ["Standing#1"], whole=True, wait_s=4.0)
    soon(lambda: ways.shown == ("online", BACKUP), 10.0)
    soon(lambda: ways.till.journal.acknowledged() == 1)
    assert claim.result(5).granted == (("Standing#1", Token(1, 0)),)
    assert ways.told() == [("online", ""), ("online", BACKUP)]


def test_with_both_cut_the_office_is_away_and_whichever_is_back_first_is_used(ways: Ways) -> None:
    ways.main.cut()
    ways.backup.cut()
    soon(lambda: ways.shown == ("offline", ""))
    link = ways.till.agent.link()
    assert link.cause == "no_office"
    assert link.detail.startswith("main: ")
    assert f"; {BACKUP}: " in link.detail
    ways.sell(1)
    ways.backup.mend()
    soon(lambda: ways.shown == ("online", BACKUP), 10.0)
    soon(lambda: ways.till.journal.acknowledged() == 1)
    ways.backup.cut()
    ways.main.mend()
    soon(lambda: ways.shown == ("online", ""), 10.0)


def test_a_captive_portal_on_the_backup_is_not_the_office(office: ToyOffice, tmp_path: Path) -> None:
    """Its answers bear no signature of the pinned key, so they are none, and nothing is sent there again and again."""
    with ToyOffice() as portal:
        portal.always(Fault.HTML)
        main = cable(office)
        till = join(office, tmp_path, f"http://127.0.0.1:{main.port}", [Address("Guest network", portal.url)])
        till.agent.start()
        soon(lambda: till.agent.link().state == "online")
        main.cut()
        soon(lambda: till.agent.link().state == "offline")
        assert [(one.state, one.cause) for one in till.agent.lines()] == [
            ("fails", "no_office"),
            ("fails", "not_our_office"),
        ]
        till.journal.write(amount=1)
        till.agent.facts_waiting()
        main.mend()
        soon(lambda: till.journal.acknowledged() == 1, 10.0)
        assert till.agent.link().line == ""
        assert portal.facts == []
        till.agent.stop()
        main.close()


def test_a_main_line_that_flaps_takes_no_sale_with_it(ways: Ways) -> None:
    for number in range(1, 7):
        ways.main.cut() if number % 2 else ways.main.mend()
        ways.sell(number)
        time.sleep(0.3)
    soon(lambda: ways.till.journal.acknowledged() == 6, 10.0)
    told = ways.told()
    assert "offline" not in dict(told)
    assert len(told) <= 3, "once to the backup, and back when it has held"


def test_where_facts_do_not_get_through_another_line_carries_them(
    office: ToyOffice, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only small packets pass: polls are answered all the time, and nobody would notice."""
    monkeypatch.setattr(push, "ANSWER_S", 0.3)
    monkeypatch.setattr(push, "STANDING_S", 0.5)
    office.next("/v1/push", Fault.SILENCE, Fault.SILENCE)
    ways.sell(1)
    soon(lambda: ways.till.journal.acknowledged() == 1)
    soon(lambda: ("online", BACKUP) in ways.told())
    assert "offline" not in dict(ways.told())


def test_calls_go_out_from_where_they_are_told_to(office: ToyOffice, tmp_path: Path) -> None:
    """An address that this machine has not is no way, and says so; one that it has is."""
    sources = ("127.0.0.9", "192.0.2.77")
    backups = [Address(source, office.url, source=source) for source in sources]
    till = join(office, tmp_path, "http://127.0.0.1:9", list(reversed(backups)))
    till.agent.start()
    link = soon(lambda: till.agent.link().state == "online" and till.agent.link())
    assert link.line == "127.0.0.9", "the first in order that leads anywhere"
    assert [(one.name, one.cause) for one in till.agent.lines() if one.state == "fails"] == [
        ("", "no_office"),
        ("192.0.2.77", "no_network"),
    ]
    till.agent.stop()
