"""The contingency plan: read whole or refused by its key, and which one is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pos.domain.contingency.level import Level
from pos.domain.contingency.plan import MOST_BYTES, Plan, newest, parse
from pos.domain.errors import Unreadable
from pos.settings import LOCALES

SHIPPED = Path(__file__).parents[4] / "resources" / "contingency.toml"
HEAD = 'version = "2027-1"\nvalid_from = 2027-03-01\n'
DUTY = '[[person]]\nkey = "duty"\nname = "Dana"\ntelephone = "+43 1 555"\ntell_at = ["away"]\n'


def plan(version: str, day: str) -> Plan:
    return Plan(version, date.fromisoformat(day))


def test_the_shipped_plan_has_words_for_every_level() -> None:
    shipped = parse(SHIPPED.read_text("utf-8"), "contingency.toml")
    assert set(shipped.levels) == set(Level)
    assert all(text.title["en"] and text.works and text.steps for text in shipped.levels.values())
    assert shipped.evacuation
    assert (shipped.pack.tickets, shipped.pack.before_doors, shipped.drill.every_days) == (0, 60, 90)


def test_the_shipped_plan_speaks_every_language() -> None:
    shipped = parse(SHIPPED.read_text("utf-8"), "contingency.toml")
    texts = [*shipped.evacuation]
    for level in shipped.levels.values():
        texts += [level.title, *level.works, *level.fails, *level.steps]
    assert len(texts) > 50
    assert [text for text in texts if set(text) != set(LOCALES) or not all(text.values())] == []


def test_a_plan_is_read_as_it_was_written() -> None:
    text = HEAD + 'approved_by = "Ada"\n[drill]\nevery_days = 30\n' + DUTY
    text += '[level.away]\ntitle = {en = "Away", hu = "Távol"}\nsteps = ["Call.", {en = "Wait."}]\n'
    found = parse(text, "a file")
    assert (found.version, found.valid_from, found.approved_by) == ("2027-1", date(2027, 3, 1), "Ada")
    assert found.levels[Level.AWAY].title == {"en": "Away", "hu": "Távol"}
    assert found.levels[Level.AWAY].steps == ({"en": "Call."}, {"en": "Wait."})
    assert [person.name for person in found.told_at(Level.AWAY)] == ["Dana"]
    assert found.told_at(Level.DEAD) == ()
    assert (found.drill.every_days, found.pack.before_doors) == (30, 60)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("version =", ""),
        ("valid_from = 2027-03-01", "version"),
        ('version = "1"', "valid_from"),
        ('version = "1"\nvalid_from = "2027-03-01"', "valid_from"),
        ('version = "1"\nvalid_from = 2027-03-01T10:00:00', "valid_from"),
        ('version = "1\\n2"\nvalid_from = 2027-03-01', "version"),
        (HEAD + 'colour = "red"', "colour"),
        (HEAD + "[pack]\ntickets = -1", "pack.tickets"),
        (HEAD + "[pack]\ntickets = true", "pack.tickets"),
        (HEAD + "[drill]\nevery_days = 0", "drill.every_days"),
        (HEAD + "pack = 3", "pack"),
        (HEAD + '[level.gone]\ntitle = "x"', "level.gone"),
        (HEAD + "[level.away]\nsteps = []", "level.away.title"),
        (HEAD + '[level.away]\ntitle = "x"\nsteps = "call"', "level.away.steps"),
        (HEAD + '[level.away]\ntitle = "x"\nsteps = [{en = ""}]', "level.away.steps[0].en"),
        (HEAD + '[level.away]\ntitle = "x"\nsteps = [{de = "Ruf an"}]', "level.away.steps[0].de"),
        (HEAD + '[level.away]\ntitle = "x"\nsteps = ["a", 3]', "level.away.steps[1]"),
        (HEAD + f'[level.away]\ntitle = "{"x" * 301}"', "level.away.title"),
        (HEAD + '[evacuation]\nsteps = ["x"' + ', "x"' * 12 + "]", "evacuation.steps"),
        (HEAD + DUTY.replace('"away"', '"gone"'), "person[0].tell_at[0]"),
        (HEAD + DUTY.replace('telephone = "+43 1 555"\n', ""), "person[0].telephone"),
        (HEAD + DUTY + DUTY, "person[1].key"),
        (HEAD + "person = [3]", "person[0]"),
        (HEAD + "#" * MOST_BYTES, ""),
    ],
)
def test_nonsense_is_refused_by_its_key(text: str, key: str) -> None:
    with pytest.raises(Unreadable) as error:
        parse(text, "a file")
    assert (error.value.where, error.value.key) == ("a file", key)
    assert error.value.reason


def test_the_latest_that_is_due_is_in_force() -> None:
    old, due, coming = plan("1", "2026-01-01"), plan("2", "2027-02-01"), plan("3", "2027-04-01")
    assert newest([coming, due, old], date(2027, 3, 1)) is due
    assert newest([coming, due, old], date(2027, 4, 1)) is coming
    assert newest([coming], date(2027, 3, 1)) is None


def test_of_one_day_the_higher_version_counts_and_then_the_last_one() -> None:
    first, second, again = plan("1", "2027-02-01"), plan("2", "2027-02-01"), plan("2", "2027-02-01")
    assert newest([second, first], date(2027, 3, 1)) is second
    assert newest([second, again, first], date(2027, 3, 1)) is again


def test_what_a_plan_leaves_out_the_shipped_one_says() -> None:
    shipped = parse(SHIPPED.read_text("utf-8"), "contingency.toml")
    own = parse(HEAD + '[level.away]\ntitle = "Call us"\n', "a file").over(shipped)
    assert own.levels[Level.AWAY].title == {"en": "Call us"}
    assert own.levels[Level.AWAY].steps == ()  # a level is taken as a whole
    assert own.levels[Level.DEAD] == shipped.levels[Level.DEAD]
    assert own.evacuation == shipped.evacuation
