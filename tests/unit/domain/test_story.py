"""Every kind of fact has its sentence, and a story has all facts that are of it and no other."""

from __future__ import annotations

import string

from pos.domain.facts import FIRST_HASH, Fact, Kind
from pos.domain.rights import Effect, OfficeState, Token
from pos.domain.story import SENTENCES, Subject, tell

HERE = Subject("aida", "A-1")


def fact(
    number: int, kind: str, effects: tuple[Effect, ...] = (), at: str = "2027-03-01T18:00:00", **body: object
) -> Fact:
    return Fact("T1", 1, number, FIRST_HASH, at, kind, (), effects, dict(body))


def effect(before: OfficeState, after: OfficeState, place: str = "A-1", ticket: str = "K-1") -> Effect:
    return Effect("aida", place, Token(1, 0), before, after, "T1", ticket)


def test_no_kind_of_fact_is_without_its_sentence() -> None:
    assert set(SENTENCES) == set(Kind)


def test_every_sentence_is_one_and_can_be_said_of_an_empty_fact() -> None:
    for kind, sentence in SENTENCES.items():
        assert sentence.endswith(".")
        assert all(name is None or name.isidentifier() for _, name, _, _ in string.Formatter().parse(sentence))
        (chapter,) = tell([(fact(1, kind, (effect(OfficeState.LEASED, OfficeState.SOLD),)), "")], HERE)
        assert "{" not in chapter.text


def test_a_story_follows_the_place_and_the_tickets_that_were_its() -> None:
    facts = [
        fact(3, Kind.TICKETS_ADMITTED, at="2027-03-01T19:00:00", tickets=[{"id": "K-1"}], user="otto"),
        fact(1, Kind.TICKETS_SOLD, (effect(OfficeState.LEASED, OfficeState.SOLD),),
             sale={"id": "S1", "user": "anna", "tickets": [{"id": "K-1", "price": "58.00"}]}),
        fact(2, Kind.TICKETS_SOLD, (effect(OfficeState.LEASED, OfficeState.SOLD, "A-2", "K-2"),), sale={"id": "S2"}),
        fact(4, Kind.SHIFT_OPENED, shift="S", float="1.00"),
    ]  # fmt: skip
    told = tell([(one, "applied") for one in facts], HERE)
    assert [(one.fact, one.user) for one in told] == [("T1.1.1", "anna"), ("T1.1.3", "otto")]
    assert told[0].text == "Sold as ticket K-1 for 58.00 in sale S1."


def test_a_tickets_story_leaves_out_the_one_that_had_the_place_after_it() -> None:
    sold = [
        fact(n, Kind.TICKETS_SOLD, (effect(OfficeState.LEASED, OfficeState.SOLD, ticket=f"K-{n}"),)) for n in (1, 2)
    ]
    assert [one.fact for one in tell([(one, "") for one in sold], Subject("aida", "A-1", "K-2"))] == ["T1.1.2"]
    assert len(tell([(one, "") for one in sold], HERE)) == 2
