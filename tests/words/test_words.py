"""What the window can say is found in the source, looked up in the catalogues, and recognised where it is only told."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from pos.ui import catalogue
from pos.ui.catalogue import TOLD, Catalogue
from pos.ui.i18n import speak, told, tr, tr_count
from tests.words import catalogues
from tests.words.careless import careless
from tests.words.source import SRC, Text, texts

WANTED = {
    Text("Pay {amount}"),
    Text("%n ticket", "%n tickets"),
    Text("is in {where}", context=TOLD),
    Text("basket {number}", context=TOLD),
    Text("Ticket {ticket} was lost: {reason}.", context=TOLD),
}


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    speak("en", NullTranslations())


def ukrainian() -> Catalog:
    catalog = Catalog(locale="uk", fuzzy=False)
    catalog.add("Pay {amount}", "Сплатити {amount}")
    catalog.add(("%n ticket", "%n tickets"), ("%n квиток", "%n квитки", "%n квитків"))
    catalog.add("is in {where}", "лежить тут: {where}", context=TOLD)
    catalog.add("basket {number}", "кошик {number}", context=TOLD)
    catalog.add("Ticket {ticket} was lost: {reason}.", "Квиток {ticket} загублено: {reason}.", context=TOLD)
    return catalog


def compiled(catalog: Catalog) -> Catalogue:
    out = io.BytesIO()
    write_mo(out, catalog)
    out.seek(0)
    return Catalogue(out)


# ---- spoken ------------------------------------------------------------------------------------


def test_a_text_is_said_in_the_language_and_what_it_lacks_in_english() -> None:
    speak("uk", compiled(ukrainian()))
    assert tr("Pay {amount}", amount="5 €") == "Сплатити 5 €"
    assert tr("Not there {n}", n=1) == "Not there 1"
    assert tr("") == ""  # gettext keeps the catalogue's header under it


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 квитків"),
        (1, "1 квиток"),
        (2, "2 квитки"),
        (5, "5 квитків"),
        (11, "11 квитків"),
        (21, "21 квиток"),
        (22, "22 квитки"),
        (112, "112 квитків"),
    ],
)
def test_ukrainian_counts_in_three_forms(count: int, said: str) -> None:
    speak("uk", compiled(ukrainian()))
    assert tr_count("%n ticket", "%n tickets", count) == said


def test_a_count_is_written_as_it_is_shown() -> None:
    speak("uk", compiled(ukrainian()))
    assert tr_count("%n ticket", "%n tickets", 1922, "1 922") == "1 922 квитки"


def test_what_is_told_is_recognised_by_its_template_and_so_are_its_fields() -> None:
    speak("uk", compiled(ukrainian()))
    assert told("is in basket 7") == "лежить тут: кошик 7"
    assert told("is somewhere else") == "is somewhere else"


def test_what_a_person_wrote_stays_as_it_was_written() -> None:
    speak("uk", compiled(ukrainian()))
    assert told("Ticket T1 was lost: is in basket 7.") == "Квиток T1 загублено: is in basket 7."


def test_english_is_told_as_it_is() -> None:
    speak("en")
    assert told("is in basket 7") == "is in basket 7"


# ---- kept compiled -----------------------------------------------------------------------------


@pytest.fixture
def uk_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogue, "resource", lambda *parts: tmp_path / parts[-1])
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    catalogues.write("uk", ukrainian())
    return tmp_path / "uk.po"


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "cache").rglob("*.mo"))


def test_a_catalogue_is_compiled_once(uk_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert catalogue.catalogue("uk").gettext("Pay {amount}") == "Сплатити {amount}"
    assert len(kept(uk_file.parent)) == 1
    monkeypatch.setattr(catalogue, "_compile", lambda *_: pytest.fail("compiled again"))
    assert catalogue.catalogue("uk").gettext("Pay {amount}") == "Сплатити {amount}"


def test_a_changed_catalogue_takes_the_place_of_the_old_one(uk_file: Path) -> None:
    catalogue.catalogue("uk")
    changed = ukrainian()
    changed["Pay {amount}"].string = "Заплатити {amount}"
    catalogues.write("uk", changed)
    assert catalogue.catalogue("uk").gettext("Pay {amount}") == "Заплатити {amount}"
    assert len(kept(uk_file.parent)) == 1


def test_a_torn_compiled_file_is_made_anew(uk_file: Path) -> None:
    catalogue.catalogue("uk")
    [file] = kept(uk_file.parent)
    file.write_bytes(file.read_bytes()[:40])
    assert catalogue.catalogue("uk").gettext("Pay {amount}") == "Сплатити {amount}"


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(uk_file: Path) -> None:
    (uk_file.parent / "cache").write_text("a file where the folder would be")
    assert catalogue.catalogue("uk").gettext("Pay {amount}") == "Сплатити {amount}"


def test_a_language_without_a_file_is_english(uk_file: Path) -> None:
    assert catalogue.catalogue("hu").gettext("Pay {amount}") == "Pay {amount}"


# ---- found and compared ------------------------------------------------------------------------


def test_texts_are_found_in_the_window_in_tables_and_in_reasons() -> None:
    found = texts()
    assert Text("Sign in") in found
    assert Text("%n entry unsent", "%n entries unsent") in found
    assert Text("{place} is sold.") in found  # a refusal's template
    assert Text("held for {holder}") in found  # where the office has a place, in a dispute
    assert Text("Ticket {ticket} was handed out.", context=TOLD) in found  # a ticket's story
    assert Text("is in a basket", context=TOLD) in found
    assert Text("there is no print job {number}", context=TOLD) in found  # an f-string
    assert Text("there is no paper", context=TOLD) in found  # a printer's state
    assert Text("card expired", context=TOLD) in found  # a terminal's result
    assert Text('{text} is not an amount like "58.00"', context=TOLD) in found  # a ValueError that becomes a reason


def test_every_told_template_says_something_of_its_own() -> None:
    """One of fields alone would be recognised in every sentence."""
    bare = [
        text.one for text in texts() if text.context and not any(map(str.isalpha, re.sub(r"\{\w+\}", "", text.one)))
    ]
    assert bare == []


def test_every_text_of_the_window_is_a_literal_and_said_when_it_is_drawn() -> None:
    rooms = [path for room in ("ui", "app") for path in (SRC / room).rglob("*.py")]
    found = {path.name: careless(ast.parse(path.read_text(encoding="utf-8"))) for path in rooms}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ('TITLE = tr("Sell")', ["line 1: said at import"]),
        ('class A:\n    title = tr("Sell")', ["line 2: said at import"]),
        ('def f(n):\n    return tr(f"{n} seats")', ["line 2: f'{n} seats' is not a literal text"]),
        ('def f(n):\n    return tr("one" if n else "many")', []),
    ],
)
def test_a_careless_text_is_found(code: str, lines: list[str]) -> None:
    assert careless(ast.parse(code)) == lines


def test_a_whole_catalogue_has_no_faults() -> None:
    assert list(catalogues.faults(ukrainian(), WANTED)) == []


def broken(change: str) -> Catalog:
    catalog = ukrainian()
    if change == "missing":
        catalog.delete("Pay {amount}")
    elif change == "left over":
        catalog.add("Gone", "Зникло")
    elif change == "empty":
        catalog["Pay {amount}"].string = ""
    elif change == "field":
        catalog["Pay {amount}"].string = "Сплатити {сума}"
    elif change == "forms":
        catalog["%n ticket"].string = ("%n квиток", "%n квитків")
    elif change == "count":
        catalog["%n ticket"].string = ("квиток", "%n квитки", "%n квитків")
    elif change == "fuzzy":
        catalog["Pay {amount}"].flags.add("fuzzy")
    return catalog


@pytest.mark.parametrize("change", ["missing", "left over", "empty", "field", "forms", "count", "fuzzy"])
def test_every_fault_of_a_catalogue_is_named(change: str) -> None:
    assert len(list(catalogues.faults(broken(change), WANTED))) == 1


def test_merging_adds_what_is_missing_keeps_what_is_there_and_drops_the_rest(uk_file: Path) -> None:
    catalog = broken("left over")
    assert catalogues.merge(catalog, WANTED | {Text("New")}) == (1, 1)
    catalogues.write("uk", catalog)
    again = catalogues.read("uk")
    assert list(catalogues.faults(again, WANTED | {Text("New")})) == ["'New' has no translation"]
