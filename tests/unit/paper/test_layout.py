"""Layouts: what is shipped reads, and what is wrong is named."""

from __future__ import annotations

import re

import pytest

from pos.devices.profile import read_profile
from pos.domain.errors import Unreadable
from pos.paper.content import KINDS, fields_of
from pos.paper.elements import Words
from pos.paper.layout import read_layout
from pos.paper.press import too_wide
from tests.unit.paper import presses
from tests.unit.paper.presses import LAYOUTS, PROFILES, ROOT


def layout(*elements: str, head: str = 'name = "x"\nkind = "ticket"') -> str:
    return head + "".join(f"\n[[element]]\n{element}" for element in elements)


SHEET = 'name = "x"\nkind = "ticket"\n[page]\nwidth = 100\nheight = 50'


AGAIN = '{repeat = "terms", each = [{text = "{item}"}]}'


def sheet(*boxes: str) -> str:
    return SHEET + "".join(f'\n[[box]]\n{box}\nelement = [{{text = "x"}}]' for box in boxes)


def nested(deep: int) -> str:
    return "group = [{" * deep + 'text = "x"' + "}]" * deep


def test_the_shipped_layouts_are_read() -> None:
    read = {path.stem: read_layout(path.read_text(encoding="utf-8"), path.name) for path in LAYOUTS}
    assert {name: each.kind for name, each in read.items()} == {
        "ticket-standard": "ticket",
        "ticket-boca": "ticket",
        "ticket-label": "ticket",
        "ticket-a4": "ticket",
        "receipt-standard": "receipt",
        "z-report": "z_report",
        "card-slip": "card_slip",
        "list-standard": "list",
    }
    assert all(each.name == name for name, each in read.items())


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("nonsense", "", "not TOML"),
        (layout('text = "x"', head='name = "x"\nkind = "poster"'), "kind", "'poster' is not one of"),
        (layout('text = "x"', head='kind = "ticket"'), "name", "must be a name"),
        (layout('text = "x"', head='name = "x"\nkind = "ticket"\nmargins = 1'), "margins", "not known"),
        (layout('text = "x"', head='name = "x"\nkind = []'), "kind", "[] is not one of"),
        ("a = " + "[" * 5000, "", "not TOML"),
        ("a = " + "9" * 5000, "", "not TOML"),
        ("#" * 200_001, "", "longer than 200000"),
        (layout('code128 = "{code}"\nheight = 2'), "element[0].height", "too low to be read"),
        (layout('pdf417 = "{code}"\nsize = 2'), "element[0].size", "not known here"),
        (layout('image = "../secret.png"'), "element[0].image", "name of a PNG file beside the layout"),
        (layout('image = "logo.png"'), "element[0].image", "there is no logo.png"),
        (layout('image = "broken.png"'), "element[0].image", "broken.png: is not a PNG picture"),
        (layout('group = [{text = "x"}]\nturn = 45'), "element[0].turn", "45 is not 0, 90, 180 or 270"),
        (layout('group = [{text = "x"}]\nturn = true'), "element[0].turn", "True is not 0, 90"),
        (layout('group = [{text = "x"}]\nturn = 90'), "element[0].height", "is needed when turned by 90"),
        (layout(nested(9)), "element[0]" + ".group[0]" * 7 + ".group", "more than 8 elements deep"),
        (sheet("x = 1\ny = 1\nwidth = 100\nheight = 20"), "box[0].width", "reaches to 101 mm of a page of 100 mm"),
        (sheet("x = 1\ny = 31\nwidth = 9\nheight = 20"), "box[0].height", "reaches to 51 mm of a page of 50 mm"),
        (sheet("x = 1\ny = 1\nwidth = 9"), "box[0].height", "not between 2 and 500"),
        (sheet('x = 1\ny = 1\nwidth = 9\nheight = 9\nsink = "low"'), "box[0].sink", "'low' is not top, middle"),
        (sheet('x = 1\ny = 1\nwidth = 9\nheight = 9\nwhen = "hot"'), "box[0].when", "no field 'hot'"),
        (sheet("x = 1\ny = 1\nwidth = 9\nheight = 9\nz = 1"), "box[0].z", "not known here"),
        (layout('text = "x"', head=SHEET), "element", "not known here; known are: box, kind"),
        (SHEET, "box", "at least one box"),
        (SHEET.replace("height = 50", ""), "page.height", "not between 10 and 500"),
        (layout(), "element", "at least one"),
        (layout('text = "{titel}"'), "element[0].text", "no field 'titel'; there are: address"),
        (layout('text = "x"', 'text = "x"\nsiez = 3'), "element[1].siez", "not known here; known are: align"),
        (layout('text = "x"\nsize = "big"'), "element[0].size", "'big' is not a number"),
        (layout('text = "x"\nsize = true'), "element[0].size", "not a number"),
        (layout('text = "x"\nsize = 300'), "element[0].size", "not between 1.5 and 30"),
        (layout('text = "x"\nalign = "middle"'), "element[0].align", "'middle' is not left, center or right"),
        (layout('text = "x"\nbold = 1'), "element[0].bold", "not true or false"),
        (layout('text = "x"\nrule = 1'), "element[0]", "exactly one of"),
        (layout('when = "title"'), "element[0]", "exactly one of"),
        (layout('text = "x"\nwhen = "happy"'), "element[0].when", "no field 'happy'"),
        (layout('text = {hu = "x"}'), "element[0].text", "English (en) included"),
        (layout('text = {en = "x", de = "x"}'), "element[0].text.de", "not one of en, zh_TW"),
        (layout('columns = [{text = "x"}]'), "element[0].columns", "at least two"),
        (layout('columns = [{text = "x"}, {tekst = "x"}]'), "element[0].columns[1]", "table with text"),
        (layout('repeat = "title"\neach = [{text = "{item}"}]'), "element[0].repeat", "these are: terms"),
        (layout('repeat = "terms"\neach = [{text = "{itme}"}]'), "element[0].each[0].text", "no field 'itme'"),
        (layout(f'repeat = "terms"\neach = [{AGAIN}]'), "element[0].each[0].repeat", "terms is being repeated already"),
        (layout('left = [{text = "x"}]\nright_width = 20'), "element[0].right", "at least one"),
        (layout('left = [{text = "x"}]\nright = [{text = "x"}]'), "element[0].right_width", "not between"),
    ],
)
def test_a_wrong_layout_is_refused_naming_file_key_and_reason(text: str, key: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_layout(text, "mine.toml", {"broken.png": b"\x89PNG\r\n\x1a\n and no more"}.get)
    assert caught.value.where == "mine.toml"
    assert caught.value.key == key
    assert reason in caught.value.reason


def test_fields_of_a_nested_list_are_known_inside_it_only() -> None:
    head = 'name = "x"\nkind = "z_report"'
    inner = 'repeat = "groups"\neach = [{repeat = "rows", each = [{text = "{text} {heading} {shift}"}]}]'
    assert read_layout(layout(inner, head=head), "x").elements
    with pytest.raises(Unreadable, match="no field 'amount'"):
        read_layout(layout('text = "{amount}"', head=head), "x")


def test_words_follow_the_language_and_fall_back_to_english() -> None:
    words = Words({"en": "Row {row}", "hu": "{row}. sor"})
    assert words.fill({"language": "hu", "row": "12"}) == "12. sor"
    assert words.fill({"language": "uk", "row": "12"}) == "Row 12"
    assert words.fill({"row": 12}) == "Row 12"
    assert words.fill({"language": "en"}) == "Row "
    # What a field holds is text, never a pattern.
    assert words.fill({"row": "{sale}", "sale": "secret"}) == "Row {sale}"


def test_the_page_on_layouts_names_every_key_and_every_field() -> None:
    page = (ROOT / "docs" / "layouts.md").read_text(encoding="utf-8")
    keys = re.findall(r"known are: (.*)", "\n".join(refusals()))
    known = {key for line in keys for key in line.split(", ")}
    fields = {name for kind in KINDS for name in fields_of(kind)} - {"kind", "language"}
    inner = {name for kind in KINDS for items in fields_of(kind).values() for name in items or ()}
    assert len(known) > 30
    code = " ".join(re.findall(r"`([^`]*)`", page) + re.findall(r"^\S+ =", page, re.M))
    named = set(re.findall(r"\w+", code))
    named |= set(re.findall(r"\[\[?(\w+)\]\]?", page))
    assert (known | fields | inner) - named == set()


def refusals() -> list[str]:
    """What is said of a key that nobody knows, wherever there can be one."""
    heads = ['name = "x"\nkind = "ticket"\nzzz = 1', SHEET.replace("[page]", "zzz = 1\n[page]"), SHEET + "\nzzz = 1"]
    heads.append(sheet("x = 1\ny = 1\nwidth = 9\nheight = 9\nzzz = 1"))
    shapes = [
        'text = "x"', "rule = 1", "space = 1", 'qr = "x"', 'code128 = "x"', 'pdf417 = "x"', 'image = "a.png"',
        'columns = [{text = "x", zzz = 1}, {text = "x"}]', 'columns = [{text = "x"}, {text = "x"}]\nzzz = 1',
        'left = [{text = "x"}]', 'repeat = "terms"', 'group = [{text = "x"}]',
    ]  # fmt: skip
    texts = heads + [layout(shape if "zzz" in shape else f"{shape}\nzzz = 1") for shape in shapes]
    said = []
    for text in texts:
        with pytest.raises(Unreadable) as caught:
            read_layout(text, "x")
        said.append(caught.value.reason)
    return said


@pytest.mark.parametrize(("name", "protocol"), [("ticket-boca", "fgl"), ("ticket-label", "zpl")])
def test_a_sheet_of_the_trade_fits_the_printers_of_the_trade(name: str, protocol: str) -> None:
    profiles = [read_profile(path.read_text(encoding="utf-8"), path.name) for path in PROFILES]
    ours = [profile for profile in profiles if profile.protocol == protocol]
    assert ours
    assert [too_wide(presses.layout(name), profile.printed_mm) for profile in ours] == [""] * len(ours)
