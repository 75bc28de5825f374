"""A till's layouts: its own win, are kept whole or not at all, and count from the next page on."""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from pos.app.layouts import LayoutShelf, LayoutWork
from pos.domain.errors import Refused, Unreadable
from pos.paper.press import Press
from tests.peers.toy_printer import read_codes
from tests.unit.app.bench import RECEIPTS, TICKETS, Bench
from tests.unit.paper.presses import ROOT, fonts
from tests.unit.paper.presses import press as paper_press
from tests.unit.paper.samples import ticket

SHIPPED = ROOT / "printers" / "layouts"
PLAIN = 'name = "{}"\nkind = "ticket"\n[[element]]\ntext = "{{title}}"\nsize = {}\n'

SHEET = """name = "x"
kind = "ticket"
[page]
width = 40
height = 10
[[box]]
x = 0
y = 0
width = 40
height = 4
element = [{ text = "{title}", size = 20.0, smallest = 20.0 }]"""


@pytest.fixture
def shelf(tmp_path: Path) -> LayoutShelf:
    return LayoutShelf(SHIPPED, tmp_path / "layouts")


@pytest.fixture
def work(shelf: LayoutShelf) -> Iterator[LayoutWork]:
    work = LayoutWork(shelf, ROOT / "printers" / "samples.toml", fonts)
    yield work
    work.close()


def picture(preview: dict[str, Any]) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(preview["picture"])))


def refusal(work: LayoutWork, text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        work.save(text).result(10)
    return caught.value


def test_an_own_layout_wins_at_once_and_gives_way_again(shelf: LayoutShelf, work: LayoutWork) -> None:
    press = Press(shelf.in_use("ticket", ["receipt-standard", "ticket-standard"]), fonts())
    (shipped,) = press.bitmaps(ticket(), 72.0, 8.0)
    saved = work.save(PLAIN.format("ticket-standard", "8.0")).result(10)
    assert (saved["own"], saved["used"]) == (True, ["printer.ticket"])
    (own,) = press.bitmaps(ticket(), 72.0, 8.0)
    assert own.height < shipped.height / 3
    assert LayoutShelf(SHIPPED, shelf.own).layout("ticket-standard") == shelf.layout("ticket-standard"), "after a start"
    back = work.revert("ticket-standard").result(10)
    assert (back["own"], back["text"]) == (False, (SHIPPED / "ticket-standard.toml").read_text(encoding="utf-8"))
    assert press.bitmaps(ticket(), 72.0, 8.0) == [shipped]


def test_a_new_layout_is_kept_under_its_own_name(shelf: LayoutShelf, work: LayoutWork) -> None:
    work.save(PLAIN.format("gala-2027", "8.0")).result(10)
    assert (shelf.own / "gala-2027.toml").read_text(encoding="utf-8") == PLAIN.format("gala-2027", "8.0")
    listed = {each["name"]: each for each in work.listed().result(10)}
    assert (listed["gala-2027"]["own"], listed["gala-2027"]["shipped"]) == (True, False)
    assert listed["ticket-boca"]["page"] == [139.7, 50.8]
    with pytest.raises(Refused, match="none was shipped"):
        work.revert("gala-2027").result(10)
    with pytest.raises(Refused, match="is as it was shipped"):
        work.revert("z-report").result(10)


@pytest.mark.parametrize(
    ("text", "key", "line", "reason"),
    [
        (PLAIN.format("x", "big"), "", 5, "is not TOML"),
        (PLAIN.format("x", '"big"'), "element[0].size", 5, "'big' is not a number"),
        (PLAIN.format("x", "3.0") + "colour = 1", "element[0].colour", 6, "is not known here"),
        (PLAIN.format("../x", "3.0"), "name", 0, "small letters, digits"),
        (PLAIN.format("z-report", "3.0"), "kind", 0, "z-report is for a z_report"),
        (SHEET, "box[0]", 6, "does not fit, even at half its size"),
    ],
)
def test_what_is_broken_is_not_kept_and_says_where(
    shelf: LayoutShelf, work: LayoutWork, text: str, key: str, line: int, reason: str
) -> None:
    refused = refusal(work, text)
    assert (refused.code, refused.fields["key"], refused.fields["line"]) == ("bad_request", key, line)
    assert reason in refused.fields["reason"]
    assert not shelf.own.exists()


def test_a_disk_that_fails_leaves_what_was_there(
    shelf: LayoutShelf, work: LayoutWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.save(PLAIN.format("ticket-standard", "8.0")).result(10)

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    refused = refusal(work, PLAIN.format("ticket-standard", "9.0"))
    assert (refused.code, "No space left" in refused.fields["reason"]) == ("storage_failed", True)
    kept = (shelf.own / "ticket-standard.toml").read_text(encoding="utf-8")
    assert kept == PLAIN.format("ticket-standard", "8.0")
    assert LayoutShelf(SHIPPED, shelf.own).layout("ticket-standard") == shelf.layout("ticket-standard")


def test_one_that_a_person_broke_by_hand_gives_way_to_the_shipped(
    shelf: LayoutShelf, work: LayoutWork, caplog: pytest.LogCaptureFixture
) -> None:
    shelf.own.mkdir()
    (shelf.own / "ticket-standard.toml").write_text("half a fi")
    (shelf.own / "mine.toml").write_text("half a fi")
    assert shelf.layout("ticket-standard").kind == "ticket"
    assert "the own one cannot be read" in caplog.text
    with pytest.raises(Unreadable, match=r"mine\.toml.*is not TOML"):
        shelf.check("mine", "till.toml", "printer.ticket.layout")
    with pytest.raises(Unreadable, match="there is no layout 'yours'"):
        shelf.check("yours", "till.toml", "printer.ticket.layout")
    listed = {each["name"]: each for each in work.listed().result(10)}
    assert "is not TOML" in listed["mine"]["error"]
    assert work.text("mine").result(10)["text"] == "half a fi", "and it can be mended"


def test_no_name_leads_out_of_the_folders(shelf: LayoutShelf, work: LayoutWork) -> None:
    (shelf.own.parent / "till.toml").write_text("[terminal]\npassword = '123456'")
    for name in ("../till", "..", "", str(shelf.own.parent / "till")):
        with pytest.raises(Refused, match="there is no layout"):
            work.text(name).result(10)
        with pytest.raises(Refused, match="there is no layout"):
            work.revert(name).result(10)


@pytest.mark.parametrize("language", ["en", "zh_TW", "vi", "uk", "hu"])
@pytest.mark.parametrize("name", sorted(path.stem for path in SHIPPED.glob("*.toml")))
def test_every_shipped_layout_has_a_preview_in_every_language(work: LayoutWork, name: str, language: str) -> None:
    text = work.text(name).result(10)["text"]
    for marked in (False, True):
        preview = work.preview(text, language, marked, 72.0).result(10)
        image = picture(preview)
        assert image.size == (round(preview["width_mm"] * 8), round(preview["height_mm"] * 8))
        found = {code.text for code in zxingcpp.read_barcodes(image.convert("L"))}
        assert found == ({"SAMPLE000000.2" if marked else "SAMPLE000000"} if preview["kind"] == "ticket" else set())


def test_a_preview_of_a_broken_text_says_where(work: LayoutWork) -> None:
    error = work.preview(PLAIN.format("x", '"big"'), "en", False, 72.0).result(10)["error"]
    assert error == {"key": "element[0].size", "reason": "'big' is not a number", "line": 5}


def test_pictures_lie_beside_the_layout(shelf: LayoutShelf, work: LayoutWork) -> None:
    text = 'name = "logo"\nkind = "ticket"\n[[element]]\nimage = "logo.png"\nwidth = 10.0\n'
    assert "there is no logo.png" in refusal(work, text).fields["reason"]
    shelf.own.mkdir()
    Image.new("L", (8, 8), 0).save(shelf.own / "logo.png")
    assert work.save(text).result(10)["own"]
    preview = work.preview(text, "en", False, 72.0).result(10)
    assert picture(preview).convert("L").crop((0, 0, 80, 80)).getextrema() == (0, 0)


def test_a_test_print_is_set_in_what_is_not_saved_and_is_not_valid(shelf: LayoutShelf, work: LayoutWork) -> None:
    text = (SHIPPED / "ticket-label.toml").read_text(encoding="utf-8").replace("ticket-label", "trial")
    content = work.proof(text, "hu").result(10)
    assert (content["training"], content["language"]) == (True, "hu")
    (dots,) = Press(shelf.in_use("ticket", ["ticket-standard"]), fonts()).bitmaps(content, 104.0, 8.0)
    assert (dots.width, dots.height) == (813, 406), "the label, not the roll"
    assert not shelf.own.exists()


# ---- with printers ---------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "bench")
    bench.counter.open("sam")
    bench.wait(lambda: all(bench.device(name)["state"] == "ready" for name in (TICKETS, RECEIPTS)))
    yield bench
    bench.close()


def test_a_test_print_comes_out_of_the_ticket_printer_in_the_text_that_is_not_saved(bench: Bench) -> None:
    text = 'name = "trial"\nkind = "ticket"\n[[element]]\ncode128 = "{code}"\n'
    printed = bench.ask("layout_print", text=text, language="uk")
    assert printed == {"printer": TICKETS, "outcome": "done", "text": "printed"}
    (code,) = read_codes(bench.tickets.papers[-1])
    assert (str(code.format), code.text) == ("Code 128", "SAMPLE000000.2")
    assert bench.jobs() == {}


def test_the_next_ticket_is_set_in_what_was_saved_meanwhile(bench: Bench) -> None:
    bench.counter.sell("A-1")
    bench.wait(lambda: bench.jobs() == {1: "done", 2: "done"})
    text = 'name = "ticket-standard"\nkind = "ticket"\n[[element]]\npdf417 = "{code}"\n'
    assert bench.ask("layout_save", text=text)["layout"]["used"] == [TICKETS]
    bench.counter.sell("A-2")
    bench.wait(lambda: len(bench.jobs()) == 4 and set(bench.jobs().values()) == {"done"})
    before, after = bench.tickets.papers[-2:]
    assert [str(code.format) for code in read_codes(before)] == ["QR Code"]
    assert [str(code.format) for code in read_codes(after)] == ["PDF417"]


def test_a_sheet_too_wide_for_its_printer_is_refused_before_anything_is_to_be_printed(bench: Bench) -> None:
    before = bench.file.read_bytes()
    refused = bench.counter.refusal("device_put", device=TICKETS, values={"layout": "ticket-boca"})
    assert "139.7 mm wide, and 72 mm can be printed on" in refused.fields["reason"]
    assert bench.file.read_bytes() == before
    sheet = (SHIPPED / "ticket-boca.toml").read_text(encoding="utf-8")
    refused = bench.counter.refusal("layout_save", text=sheet.replace('"ticket-boca"', '"ticket-standard"'))
    assert (refused.fields["key"], TICKETS in refused.fields["reason"]) == ("page", True)
    turned = sheet.replace("height = 50.8\n", "height = 50.8\nturn = 90\n", 1)
    assert bench.ask("layout_save", text=turned)["layout"]["own"]
    assert bench.ask("device_put", device=TICKETS, values={"layout": "ticket-boca"})["now"]
    bench.wait(lambda: bench.device(TICKETS)["state"] == "ready")
    bench.counter.sell("A-1")
    bench.wait(lambda: set(bench.jobs().values()) == {"done"})
    paper = bench.tickets.papers[-1]
    assert {str(code.format) for code in read_codes(paper)} == {"QR Code", "PDF417"}


def test_a_job_in_a_sheet_too_wide_fails_and_says_so() -> None:
    with pytest.raises(Unreadable, match=r"139\.7 mm wide, and 72 mm can be printed on: turn its page"):
        paper_press("ticket-boca").bitmaps(ticket(), 72.0, 8.0)
