"""The paper pack at the till: made, fresh or stale, printed in short, made by itself, and tickets as a file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import pytest
from pypdf import PdfReader

from pos.app.packs import PackWork
from pos.paper.pdf import pdf_face
from pos.till.contingency import packwatch
from pos.till.ports import Finished
from tests.unit.paper.reports.documents import FONTS
from tests.unit.store.evening import violations
from tests.unit.till.counter import NOW, Counter, show_document

Make = Callable[..., Counter]
T = TypeVar("T")
TONIGHT = show_document("aida", starts=NOW.replace(hour=19, minute=30).isoformat(), allotment={"Stalls": 6, "Foyer": 4})


@pytest.fixture(scope="module")
def face() -> Any:
    return pdf_face(FONTS)


@pytest.fixture
def make_till(make_counter: Make, tmp_path: Path, face: Any) -> Iterator[Make]:
    """A till that can write packs; whatever happens, its ledger agrees with its facts afterwards."""
    made: list[tuple[Counter, PackWork]] = []

    def make(**options: Any) -> Counter:
        work = PackWork(tmp_path / f"packs-{len(made)}", lambda: face)
        counter = make_counter([options.pop("show", TONIGHT)], packs=work, **options)
        made.append((counter, work))
        return counter

    yield make
    for counter, work in made:
        counter.settle()
        work.close()
        assert violations(counter) == []


def until(counter: Counter, found: Callable[[], T]) -> T:
    """What is found once it is there: files are written on a thread of their own."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        counter.settle()
        if there := found():
            return there
        time.sleep(0.01)
    raise AssertionError("it did not come")


def shown(counter: Counter) -> dict[str, Any]:
    (show,) = counter.ask("paper_pack")["shows"]
    assert isinstance(show, dict)
    return show


def text_of(file: str) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(file).pages)


def test_a_pack_says_what_is_in_hand_out_and_to_be_paid(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    counter.ask("issue_paper", show="aida", places=["A-2", "Foyer"])
    (made,) = counter.ask("make_paper_pack", show="aida")["made"]
    assert made == shown(counter)
    assert (made["state"], made["made_at"], made["changed"]) == ("fresh", NOW.isoformat(timespec="seconds"), 0)
    assert made["counts"] == {"in_hand": 8, "tickets": 2, "pickups": 0}
    assert {row["category"]: (row["in_hand"], row["out"]) for row in made["categories"]} == {
        "Stalls": (5, 1),
        "Wheelchair": (0, 0),
        "Foyer": (3, 1),
    }
    text = text_of(made["file"])
    assert "Stalls A 1, 3–6" in text
    assert "T1-P00001-1 Stalls A 2" in text
    assert "On paper: 1" in text
    assert "1 Adult €59.00 €41.00 €13.00" in text, "what a customer pays, the fee included"
    assert "Window 1" in text


def test_what_is_in_a_basket_or_may_not_be_used_is_not_on_the_list(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    counter.ask("make_paper_pack")
    counter.add("A-1")
    counter.ask("sign_in", user="sam", pin="1111")
    counter.ask("close_places", show="aida", places=["A-3"], reason="a broken seat")
    assert shown(counter)["state"] == "stale"
    (made,) = counter.ask("make_paper_pack")["made"]
    assert "Stalls A 2, 4–6" in text_of(made["file"])


def test_a_show_that_was_abandoned_has_no_pack(make_till: Make) -> None:
    counter = make_till()
    counter.open("sam")
    counter.ask("make_paper_pack")
    counter.ask("abandon_show", show="aida", reason="a power cut")
    assert counter.ask("paper_pack")["shows"] == []
    assert counter.ask("make_paper_pack")["made"] == []


def test_prices_that_come_before_the_sale_ends_are_in_the_pack(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    for name, hour in (("usual@1", 19), ("usual@2", 22)):
        later = {"id": name, "list": "usual", "tax": "reduced", "valid_from": NOW.replace(hour=hour).isoformat()}
        counter.line.document("prices", later | {"table": {"Stalls": {"adult": "66.00"}}})
    (made,) = counter.ask("make_paper_pack")["made"]
    text = text_of(made["file"])
    assert "Prices from Mon, 1 Mar 2027 19:00" in text
    assert "1 Adult €67.00" in text
    counter.clock.wait(hours=1, minutes=10)
    (made,) = counter.ask("make_paper_pack")["made"]
    assert "Prices from" not in text_of(made["file"]), "the next ones come when nothing is sold any more"


def test_making_a_pack_moves_no_right_and_prints_no_ticket(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    counter.ask("issue_paper", show="aida", places=["A-2"])
    counter.printers.run()
    counter.settle()
    before, printed = counter.kinds(), len(counter.printers.paper)
    counter.ask("make_paper_pack")
    counter.ask("make_paper_pack")
    assert counter.kinds() == before
    assert (counter.printers.jobs, len(counter.printers.paper)) == ([], printed)


def test_what_is_sold_or_issued_afterwards_makes_a_pack_stale_and_is_counted(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    counter.ask("make_paper_pack")
    counter.add("A-1")
    assert shown(counter)["state"] == "fresh", "a basket may be given up"
    counter.pay()
    assert (shown(counter)["state"], shown(counter)["changed"]) == ("stale", 1)
    counter.ask("make_paper_pack")
    assert shown(counter)["state"] == "fresh"
    counter.ask("issue_paper", show="aida", places=["A-2"])
    assert (shown(counter)["state"], shown(counter)["changed"]) == ("stale", 2)


def test_new_prices_make_a_pack_stale(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    counter.ask("make_paper_pack")
    later = {"id": "usual@2", "list": "usual", "tax": "reduced", "valid_from": NOW.isoformat()}
    counter.line.document("prices", later | {"table": {"Stalls": {"adult": "60.00"}}})
    assert (shown(counter)["state"], shown(counter)["changed"]) == ("stale", 0)


def test_only_shows_of_today_that_sell_have_a_pack(make_till: Make) -> None:
    counter = make_till(show=show_document("aida"))
    counter.open()
    assert counter.ask("paper_pack")["shows"] == []
    assert counter.ask("make_paper_pack")["made"] == []
    assert [made["show"] for made in counter.ask("make_paper_pack", show="aida")["made"]] == ["aida"]
    assert counter.refusal("make_paper_pack", show="none").code == "unknown_show"


def test_who_comes_for_tickets_is_on_the_list_until_they_came(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    counter.add("A-1")
    counter.pay(buyer={"name": "Ruth Gál"}, delivery="pickup")
    (made,) = counter.ask("make_paper_pack")["made"]
    assert made["counts"]["pickups"] == 1
    assert "Ruth Gál" in text_of(made["file"])
    counter.ask("collect", sale=counter.rows("SELECT id FROM sale")[0][0])
    (made,) = counter.ask("make_paper_pack")["made"]
    assert made["counts"]["pickups"] == 0


def test_a_disk_that_does_not_take_it_is_named_and_the_last_pack_stays(make_till: Make, tmp_path: Path) -> None:
    counter = make_till()
    counter.open()
    (made,) = counter.ask("make_paper_pack")["made"]
    kept = Path(made["file"]).read_bytes()
    folder = Path(made["file"]).parent
    moved = folder.rename(folder.with_name("kept"))
    folder.write_bytes(b"no folder")
    refused = counter.refusal("make_paper_pack")
    assert refused.code == "storage_failed"
    assert str(folder) in refused.fields["reason"]
    assert (shown(counter)["state"], str(folder) in shown(counter)["reason"]) == ("failed", True)
    assert (moved / "aida.pdf").read_bytes() == kept
    folder.unlink()
    counter.ask("make_paper_pack")
    assert (shown(counter)["state"], shown(counter)["reason"]) == ("fresh", "")


def test_a_pack_in_short_comes_out_of_the_receipt_printer(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    counter.ask("issue_paper", show="aida", places=["A-2"])
    counter.printers.run()
    counter.ask("print_paper_pack", show="aida")
    counter.printers.run()
    role, content = counter.printers.paper[-1]
    assert role == "receipt"
    rows = {row["text"]: row["amount"] for group in content["groups"] for row in group["rows"]}
    assert (rows["Stalls A"], rows["Foyer"], rows["T1-P00001-1"]) == ("1, 3–6", "4", "Stalls A 2")
    without = make_till(roles=("ticket",))
    without.open()
    assert without.refusal("print_paper_pack", show="aida").code == "device_absent"


def test_a_till_without_a_folder_for_packs_says_so(make_counter: Make) -> None:
    counter = make_counter([TONIGHT])
    counter.open()
    assert counter.refusal("make_paper_pack").code == "device_absent"


def test_price_types_have_the_numbers_of_their_keys_and_those_that_need_somebody_have_none(make_till: Make) -> None:
    counter = make_till()
    for number, more in enumerate(({"kind": "comp"}, {"kind": "member"}, {"approval": True}, {})):
        counter.line.document("price_type", {"id": f"x{number}", "name": {"en": f"X{number}"}, "order": -number} | more)
    counter.sign_in()
    keys = [one["id"] for one in counter.ask("show", show="aida")["price_types"]]
    told = {one["id"]: one["number"] for one in counter.ask("paper_pack")["price_types"]}
    assert told == {name: keys.index(name) + 1 for name in ("x3", "adult", "student")}


# ---- tickets as a file -----------------------------------------------------------------------


def test_without_a_ticket_printer_numbered_tickets_are_a_file_with_their_codes(make_till: Make) -> None:
    counter = make_till(roles=("receipt",))
    counter.open()
    assert counter.ask("paper_pack")["printer"] == "sheet"
    answer = counter.ask("issue_paper", show="aida", places=["A-1", "A-2"])
    assert answer["printer"] == "sheet"
    (job,) = until(counter, lambda: [job for job in counter.ask("jobs")["jobs"] if job["state"] == "done"])
    file = job["text"].removeprefix("written to ")
    text = text_of(file)
    (issued,) = counter.bodies("PaperIssued")
    assert all(ticket["code"] in text for ticket in issued["tickets"])
    assert "No. 2 of 2" in text
    assert Path(file).parent.stat().st_mode & 0o077 == 0, "whoever has the file has tickets"
    assert counter.token("A-1") == ("PAPER", 1, 1)
    counter.ask("return_paper", tickets=[issued["tickets"][0]["code"]])
    assert counter.token("A-1") == ("LEASED", 1, 1)


def test_tickets_that_could_not_be_written_are_written_when_asked_again(make_till: Make) -> None:
    counter = make_till(roles=("receipt",))
    counter.open()
    folder = Path(counter.ask("paper_pack")["folder"])
    folder.write_bytes(b"no folder")
    answer = counter.ask("issue_paper", show="aida", places=["A-1"])
    (job,) = until(counter, lambda: [job for job in counter.ask("jobs")["jobs"] if job["state"] == "failed"])
    assert str(folder) in job["text"]
    folder.unlink()
    counter.ask("retry", job=answer["job"])
    until(counter, lambda: [job for job in counter.ask("jobs")["jobs"] if job["state"] == "done"])
    (issued,) = counter.bodies("PaperIssued")
    assert issued["tickets"][0]["code"] in text_of(str(folder / "tickets-T1-P00001.pdf"))


class Stuck(PackWork):
    """Begins with tickets, and is heard of no more."""

    def submit(self, name: str, content: dict[str, Any], started: Callable[[], None], finished: Finished) -> None:
        Thread(target=started).start()


def test_tickets_of_which_nobody_knows_are_written_beside_the_first_ones_as_copies(
    make_till: Make, tmp_path: Path, face: Any
) -> None:
    counter = make_till(roles=("receipt",))
    counter.open()
    whole = counter.packs
    assert isinstance(whole, PackWork)
    counter.packs = Stuck(whole.folder, lambda: face)
    counter.restart()
    counter.sign_in()
    answer = counter.ask("issue_paper", show="aida", places=["A-1"])
    until(counter, lambda: [job for job in counter.ask("jobs")["jobs"] if job["state"] == "started"])
    counter.packs = whole
    counter.restart()
    counter.sign_in()
    (job,) = counter.ask("jobs")["jobs"]
    assert (job["state"], job["printer"]) == ("unknown", "printer.sheet")
    counter.ask("printed", job=answer["job"], came_out=False)
    until(counter, lambda: [job for job in counter.ask("jobs")["jobs"] if job["state"] == "done"])
    assert [path.name for path in whole.folder.iterdir()] == ["tickets-T1-P00001-1.pdf"]
    assert "DUPLICATE 1" in text_of(str(whole.folder / "tickets-T1-P00001-1.pdf"))


def test_what_is_older_than_a_day_goes_with_the_next_pack(make_till: Make) -> None:
    counter = make_till()
    counter.open()
    (made,) = counter.ask("make_paper_pack")["made"]
    folder = Path(made["file"]).parent
    for name, hours in (("tosca.pdf", 25), ("tickets-T1-P00001.pdf", 23), ("list.txt", 99)):
        (folder / name).write_bytes(b"old")
        then = time.time() - hours * 3600
        os.utime(folder / name, (then, then))
    os.utime(made["file"], (0, 0))
    counter.ask("make_paper_pack")
    assert sorted(path.name for path in folder.iterdir()) == ["aida.pdf", "list.txt", "tickets-T1-P00001.pdf"]


def test_a_till_that_ends_leaves_no_half_pack_and_writes_its_tickets_at_the_next_start(
    make_till: Make, tmp_path: Path, face: Any
) -> None:
    counter = make_till(roles=("receipt",))
    counter.open()
    work = counter.packs
    assert isinstance(work, PackWork)
    work.close()
    assert counter.refusal("make_paper_pack").code == "stopped"
    counter.ask("issue_paper", show="aida", places=["A-1"])
    counter.packs = again = PackWork(work.folder, lambda: face)
    counter.restart()
    counter.sign_in()
    until(counter, lambda: [job for job in counter.ask("jobs")["jobs"] if job["state"] == "done"])
    again.close()
    assert [path.name for path in work.folder.iterdir()] == ["tickets-T1-P00001.pdf"]


# ---- by itself -------------------------------------------------------------------------------


def looked(counter: Counter) -> bool:
    """Whether the pack is made anew when the till looks at it."""
    before = shown(counter)["made_at"]
    counter.desk.submit(lambda: packwatch.watch(counter.desk)).result(5)
    until(counter, lambda: not counter.desk.packs.under_way)
    return bool(shown(counter)["made_at"] != before)


def opened(counter: Counter) -> Counter:
    """A shift that was opened a while ago, and its first pack."""
    counter.open()
    counter.clock.wait(seconds=21)
    assert looked(counter)
    return counter


def test_a_pack_is_made_soon_after_a_shift_opens(make_till: Make) -> None:
    counter = make_till()
    counter.sign_in()
    counter.clock.wait(minutes=5)
    assert not looked(counter), "without a shift nothing is in hand"
    counter.open()
    counter.clock.wait(seconds=19)
    assert not looked(counter)
    counter.clock.wait(seconds=2)
    assert looked(counter)
    assert (shown(counter)["state"], shown(counter)["counts"]["in_hand"]) == ("fresh", 10)


@pytest.mark.parametrize(
    ("minutes", "sold", "basket", "again"),
    [
        (4, True, False, False),  # stale, but just made
        (6, True, False, True),
        (6, False, False, False),  # nothing has changed
        (6, True, True, False),  # somebody is being served
        (11, True, True, True),
        (31, False, False, True),  # who comes for tickets may have changed
    ],
)
def test_a_pack_is_made_anew_when_it_is_stale_for_a_while_or_old(
    make_till: Make, minutes: int, sold: bool, basket: bool, again: bool
) -> None:
    counter = opened(make_till(show=TONIGHT | {"starts": NOW.replace(hour=23).isoformat()}))
    if sold:
        counter.sell("A-1")
    if basket:
        counter.add("A-2")
    counter.clock.wait(minutes=minutes)
    assert looked(counter) is again


def test_a_pack_is_made_anew_before_the_doors(make_till: Make) -> None:
    counter = opened(make_till(show=TONIGHT | {"starts": NOW.replace(hour=19, minute=10).isoformat()}))
    counter.clock.wait(minutes=9)
    assert not looked(counter)
    counter.clock.wait(minutes=2)
    assert looked(counter)
    counter.clock.wait(minutes=2)
    assert not looked(counter), "once"


def test_a_pack_is_made_at_once_when_there_is_only_paper_left(make_till: Make) -> None:
    counter = opened(make_till())
    before = shown(counter)["made_at"]
    counter.clock.wait(seconds=30)
    counter.desk.submit(lambda: counter.desk.emit("level", level="alone", cause="no_network", since="")).result(5)
    counter.settle()
    assert not counter.desk.packs.under_way
    counter.desk.submit(lambda: counter.desk.emit("level", level="paper", cause="no_power", since="")).result(5)
    until(counter, lambda: shown(counter)["made_at"] != before)


def test_while_the_house_is_cleared_no_pack_is_made(make_till: Make) -> None:
    counter = opened(make_till())
    counter.ask("evacuate")
    counter.clock.wait(minutes=40)
    counter.desk.submit(lambda: packwatch.watch(counter.desk)).result(5)
    counter.settle()
    assert not counter.desk.packs.under_way


def test_numbered_tickets_come_out_when_a_shift_opens_as_the_plan_says(make_till: Make) -> None:
    counter = make_till()
    plan = 'version = "X-7"\nvalid_from = 2027-01-01\n[pack]\ntickets = 3\n'
    plan += '[[person]]\nkey = "duty"\nname = "Dana Duty"\ntelephone = "0043 1 555"\n'
    (counter.folder / "contingency.toml").write_text(plan)
    counter.open()
    until(counter, lambda: len(counter.bodies("PaperIssued")) == 3)
    out = {row["category"]: row["out"] for row in shown(counter)["categories"]}
    assert out == {"Stalls": 3, "Wheelchair": 1, "Foyer": 3}, "as far as there are any"
    (made,) = counter.ask("make_paper_pack")["made"]
    assert made["counts"]["tickets"] == 7
    assert counter.ask("paper_pack")["plan"] == "X-7"
    text = text_of(made["file"])
    assert "Contingency plan X-7" in text
    assert "0043 1 555 Dana Duty" in text
    counter.printers.run()
    counter.ask("close_shift", counted={"total": "100.00"})
    counter.printers.run()
    counter.ask("open_shift", float="100.00")
    counter.settle()
    assert len(counter.bodies("PaperIssued")) == 3, "what is still out is not printed a second time"


def test_what_has_no_price_for_one_person_alone_is_not_put_on_paper(make_till: Make) -> None:
    counter = make_till()
    table = {"Stalls": {"adult": "58.00"}, "Foyer": {"carer": "0.00"}}
    counter.line.document("price_type", {"id": "carer", "name": {"en": "Carer"}, "kind": "companion"})
    counter.line.document("prices", {"id": "usual", "tax": "reduced", "table": table})
    (counter.folder / "contingency.toml").write_text('version = "X"\nvalid_from = 2027-01-01\n[pack]\ntickets = 1\n')
    counter.open()
    until(counter, lambda: counter.bodies("PaperIssued"))
    counter.settle()
    assert [pack["tickets"][0]["category"] for pack in counter.bodies("PaperIssued")] == ["Stalls"]
