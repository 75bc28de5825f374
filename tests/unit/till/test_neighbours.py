"""Rights from till to till while the office is away: two real tills on a toy network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest

from pos.domain.certificate import Certificate, Hand
from pos.domain.errors import Refused
from pos.domain.rights import Token
from pos.store.identity import TillKeys
from pos.till.counter.neighbours import take_over
from pos.till.ports import ClaimAnswer, Wanted
from tests.unit.store.evening import violations
from tests.unit.till.counter import Counter, show_document
from tests.unit.till.toy_lan import ToyLan, done

Make = Callable[..., Counter]
Pair = tuple[Counter, Counter, ToyLan]
ONE, TWO = Hand("T1", 1), Hand("T2", 1)


def hold(counter: Counter, *places: str, show: str = "aida") -> None:
    """Get rights into the hand, and leave the basket empty."""
    counter.add(*places, show=show)
    counter.ask("clear")


@pytest.fixture
def pair(make_counter: Make) -> Iterator[Pair]:
    """T1 asks, T2 gives: both know each other, have a shift open, and the office is away.

    Whatever happened, both ledgers must agree with their facts afterwards.
    """
    made = pair_of(make_counter)
    yield made
    for till in made[:2]:
        assert violations(till) == []


def pair_of(make_counter: Make, *, held: tuple[str, ...] = ("A-1", "A-2"), **options: object) -> Pair:
    lan = ToyLan(ONE)
    one, two = make_counter(neighbours=lan, **options), make_counter(till="T2", **options)
    lan.others["T2"] = two
    for till in (one, two):
        till.meet(one, two)
        till.open()
    show = one.shows[0]["id"]
    hold(two, *held, show=show)
    for place in two.line.claims[-1].places:
        one.line.give(show, place, "LEASED", "T2")
    one.line.cut()
    two.line.cut()
    return one, two, lan


def certificates(lan: ToyLan, *places: str, more: tuple[str, ...] = ()) -> list[Certificate]:
    """What T2 certifies to T1 when it is asked, and T1 does not hear of it."""
    return list(lan.others["T2"].line.side.pass_on(ONE, "aida", Wanted(places, more)).result(5))


WANTED = {"T2": Wanted(("A-1",), ("A-2",))}


def taken(counter: Counter, *given: Certificate, wanted: Mapping[str, Wanted] = WANTED) -> list[tuple[str, str]]:
    def run() -> list[tuple[str, str]]:
        with counter.desk.unit() as unit:
            return take_over(counter.desk, unit, "aida", wanted, given)

    return counter.desk.submit(run).result(5)


# ---- from one to the other -------------------------------------------------------------------


def test_a_seat_of_a_neighbour_is_sold_while_the_office_is_away(pair: Pair) -> None:
    one, two, _ = pair
    assert one.sell("A-1")["total"] == "59.00"
    assert one.token("A-1") == ("SOLD", 1, 1)
    assert two.token("A-1") == ("GIVEN", 1, 0)
    assert (two.state_of("A-1"), two.state_of("A-2")) == ("elsewhere", "here")
    assert two.kinds() == ["ShiftOpened", "RightsTransferred"]
    assert one.kinds() == ["ShiftOpened", "RightsReceived", "TicketsSold"]
    (fact,) = one.bodies("RightsReceived")
    (certificate,) = map(Certificate.from_json, fact["certificates"])
    assert certificate.genuine(TillKeys(two.identity).public())
    assert (certificate.giver, certificate.receiver, certificate.number) == (TWO, ONE, 2)
    assert certificate.hash == two.rows("SELECT hash FROM journal WHERE number = 2")[0][0]
    assert [(right.place, right.token) for right in certificate.rights] == [("A-1", Token(1, 1))]


def test_what_was_passed_on_is_not_sold_any_more(pair: Pair) -> None:
    one, two, _ = pair
    one.add("A-1")
    refused = two.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert (refused.code, refused.fields["holder"]) == ("right_elsewhere", "T1")
    assert two.ask("place", show="aida", place="A-1")["holder"] == "T1"


def test_the_giver_lets_go_before_it_certifies(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a disk that does not take it, nothing is certified and nothing is let go of."""
    _, two, lan = pair
    before = two.kinds()

    def full(*_: object) -> None:
        raise Refused("storage_failed", reason="disk full")

    monkeypatch.setattr(two.desk, "check_marked", full)
    with pytest.raises(Refused, match="storage_failed"):
        certificates(lan, "A-1")
    monkeypatch.undo()
    assert two.token("A-1") == ("LEASED", 1, 0)
    assert two.kinds() == before


def test_with_the_office_there_it_is_the_office_that_does_it(pair: Pair) -> None:
    _, two, lan = pair
    two.line.mend()
    two.settle()
    assert certificates(lan, "A-1") == []
    assert list(two.line.side.idle(ONE, "aida").result(5)) == []
    assert two.token("A-1") == ("LEASED", 1, 0)


def test_a_seat_in_the_neighbours_basket_stays_there(pair: Pair) -> None:
    one, two, _ = pair
    two.add("A-1")
    refused = one.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert (refused.code, refused.fields["holder"]) == ("right_elsewhere", "T2")
    assert two.pay()["total"] == "59.00"


def test_what_is_sold_or_given_back_is_not_idle(pair: Pair) -> None:
    _, two, lan = pair
    two.sell("A-1")
    two.line.recall(("aida", "A-2"))
    assert certificates(lan, "A-1", "A-2", "A-3") == []


def test_a_neighbour_whose_shift_is_open_or_not_is_asked_alike(make_counter: Make) -> None:
    """A till that is switched on helps, whoever is at it."""
    one, two, _ = pair_of(make_counter)
    two.ask("sign_out")
    one.add("A-1")


def test_several_seats_come_from_several_neighbours_or_not_at_all(make_counter: Make) -> None:
    one, two, lan = pair_of(make_counter)
    three = make_counter(till="T3")
    three.meet(one, two)
    one.meet(three)
    three.open()
    hold(three, "B-1")
    three.line.cut()
    lan.others["T3"] = three
    refused = one.refusal("add", show="aida", places=["A-1", "B-1", "B-2"], price_type="adult")
    assert refused.code == "right_elsewhere"
    assert lan.asked == [], "nobody lets go of anything when not all is to be had"
    assert len(one.add("A-1", "B-1")["basket"]["lines"]) == 2
    assert {till for till, _ in lan.asked} == {"T2", "T3"}
    (fact,) = one.bodies("RightsReceived")
    assert len(fact["certificates"]) == 2


def test_any_unit_of_a_standing_area_will_do(make_counter: Make) -> None:
    one, two, _ = pair_of(make_counter, held=("Foyer", "Foyer"))
    two.sell("Foyer")
    one.add("Foyer")
    assert [(row[0], row[1]) for row in one.rows("SELECT place, hop FROM own_right")] == [("Foyer#2", 1)]
    assert one.refusal("add", show="aida", places=["Foyer"], price_type="adult").code == "right_elsewhere"


def test_a_till_without_neighbours_refuses_as_ever(make_counter: Make) -> None:
    counter = make_counter()
    counter.open()
    counter.line.cut()
    refused = counter.refusal("add", show="aida", places=["A-1"], price_type="adult")
    assert (refused.code, refused.fields["holder"]) == ("right_elsewhere", "office")


# ---- the hand is low -------------------------------------------------------------------------


def allotted() -> list[dict[str, object]]:
    return [show_document("aida", allotment={"Stalls": 6, "Foyer": 2})]


def test_a_till_with_little_left_gets_neighbouring_seats_too(make_counter: Make) -> None:
    lan = ToyLan(ONE)
    two = make_counter(allotted(), till="T2")
    one = make_counter(allotted(), neighbours=lan)
    lan.others["T2"] = two
    for till in (one, two):
        till.meet(one, two)
    one.line.cut()
    one.open()
    two.open()
    two.line.cut()
    theirs = sorted(two.line.side.idle(ONE, "aida").result(5))
    assert len(theirs) == 8
    seat = next(place for place in theirs if "#" not in place)
    one.sell(seat)
    ((_, wanted),) = lan.asked
    assert wanted.places == (seat,)
    assert len(wanted.more) == 3, "half of the seven that are left"
    numbers = sorted(int(place.split("-")[1]) for place in wanted.more)
    assert numbers == list(range(numbers[0], numbers[0] + 3)), "neighbours"
    assert one.ask("status")["rights_in_hand"] == {"aida": 3}
    assert two.ask("status")["rights_in_hand"] == {"aida": 4}


def test_a_giver_keeps_half_of_what_is_idle(pair: Pair) -> None:
    _, two, lan = pair
    assert certificates(lan, more=("A-1", "A-2"))[0].rights[0].place == "A-1"
    assert two.token("A-2") == ("LEASED", 1, 0)


# ---- answers that are lost, repeated or late -------------------------------------------------


def test_a_lost_answer_is_asked_for_again(pair: Pair) -> None:
    one, two, lan = pair
    lan.losing.add("T2")
    assert one.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "right_elsewhere"
    assert two.token("A-1") == ("GIVEN", 1, 0)
    lan.losing.clear()
    one.sell("A-1")
    assert two.kinds().count("RightsTransferred") == 1, "the same certificate again"
    assert one.bodies("RightsReceived")[0]["certificates"] == [certificate.to_json() for certificate in lan.lost]


def test_a_giver_that_was_killed_has_its_certificate_still(pair: Pair) -> None:
    one, two, lan = pair
    lan.losing.add("T2")
    one.refusal("add", show="aida", places=["A-1"], price_type="adult")
    two.restart()
    lan.losing.clear()
    one.sell("A-1")
    assert two.kinds().count("RightsTransferred") == 1


def test_a_certificate_is_taken_once(pair: Pair) -> None:
    one, _, lan = pair
    given = certificates(lan, "A-1")
    assert taken(one, *given, *given) == [("aida", "A-1")]
    assert taken(one, *given) == []
    assert one.kinds().count("RightsReceived") == 1


def test_a_certificate_that_comes_late_is_dropped(pair: Pair) -> None:
    """The office asked for the token meanwhile, and has passed the place on."""
    one, _, lan = pair
    given = certificates(lan, "A-1")
    record = one.line.records["aida", "A-1"]
    record.holder, record.hop = "T1", 1  # it has heard from the giver
    assert one.line.recall(("aida", "A-1")) == []
    assert one.token("A-1") == ("RETURNED", 1, 1)
    assert taken(one, *given) == []
    assert one.token("A-1") == ("RETURNED", 1, 1)


def test_what_comes_after_the_shift_has_closed_goes_back_at_once(pair: Pair) -> None:
    one, _, lan = pair
    given = certificates(lan, "A-1")
    one.ask("close_shift", counted={"total": "100.00"})
    assert taken(one, *given) == []
    assert one.token("A-1") == ("RETURNED", 1, 1)
    assert one.kinds()[-2:] == ["RightsReceived", "RightsReturned"]


def test_a_lost_certificate_is_no_lost_right(pair: Pair) -> None:
    """The office hears from the giver whose it is, and gives the receiver the same token."""
    one, _, lan = pair
    certificates(lan, "A-1")
    record = one.line.records["aida", "A-1"]
    record.holder, record.hop = "T1", 1
    one.line.mend()
    one.sell("A-1")
    assert one.token("A-1") == ("SOLD", 1, 1)
    one.line.drain()
    assert one.line.disputes == []


def test_a_recall_of_what_was_passed_on_is_answered_by_the_fact(pair: Pair) -> None:
    _, two, lan = pair
    certificates(lan, "A-1")
    assert two.line.recall(("aida", "A-1")) == []
    assert two.token("A-1") == ("GIVEN", 1, 0)
    two.line.mend()
    two.line.drain()
    assert two.line.disputes == []
    record = two.line.records["aida", "A-1"]
    assert (record.state, record.holder, record.epoch, record.hop) == ("LEASED", "T1", 1, 1)


def test_a_late_grant_of_what_was_passed_on_does_not_come_alive(pair: Pair) -> None:
    from pos.till.counter.passing import accept

    _, two, lan = pair
    certificates(lan, "A-1")

    def late() -> list[str]:
        with two.desk.unit() as unit:
            return accept(two.desk, unit, "aida", ClaimAnswer(1, (("A-1", Token(1, 0)),)))

    assert two.desk.submit(late).result(5) == []
    assert two.token("A-1") == ("GIVEN", 1, 0)


# ---- strangers and fences --------------------------------------------------------------------


def test_nothing_is_passed_on_to_a_stranger(pair: Pair) -> None:
    _, two, _ = pair
    for asker in (Hand("T9", 1), Hand("T1", 2)):
        assert two.line.side.pass_on(asker, "aida", Wanted(("A-1",))).result(5) == ()
    assert two.token("A-1") == ("LEASED", 1, 0)


def fence(counter: Counter, hand: Hand) -> None:
    """The office has told this till that another one is fenced."""
    body = {"id": hand.name, "till": hand.till, "incarnation": hand.incarnation, "state": "FENCED"}
    counter.line.document("fence", body)


def test_nothing_is_passed_on_to_a_fenced_till(pair: Pair) -> None:
    one, two, _ = pair
    fence(two, ONE)
    assert one.refusal("add", show="aida", places=["A-1"], price_type="adult").code == "right_elsewhere"
    assert two.token("A-1") == ("LEASED", 1, 0)


@pytest.mark.expect_log("fenced: told so")
def test_a_fenced_till_passes_nothing_on(pair: Pair) -> None:
    _, two, lan = pair
    two.line.side.fence("told so").result(5)
    assert certificates(lan, "A-1") == []


def test_a_certificate_of_a_fenced_till_is_refused(pair: Pair) -> None:
    one, _, lan = pair
    given = certificates(lan, "A-1")
    fence(one, TWO)
    assert taken(one, *given) == []
    assert one.token("A-1") is None


def test_a_fence_once_told_outlives_the_replica(pair: Pair) -> None:
    """An older copy of the replica comes back: the ledger still knows."""
    one, _, lan = pair
    given = certificates(lan, "A-1")
    fence(one, TWO)
    assert one.line.side.standing().result(5).head == 1
    one.line.document("fence", {"id": TWO.name, "till": "T2", "incarnation": 9, "state": "FENCED"})
    assert TWO not in one.desk.submit(one.desk.season).result(5).fenced
    assert taken(one, *given) == []
    one.restart()
    assert taken(one, *given) == []


@pytest.mark.parametrize("wanted", [{}, {"T2": Wanted(("A-2",))}, {"T3": Wanted(("A-1",))}])
def test_a_right_that_its_giver_was_not_asked_for_is_dropped(
    pair: Pair, wanted: dict[str, Wanted], caplog: pytest.LogCaptureFixture
) -> None:
    one, _, lan = pair
    assert taken(one, *certificates(lan, "A-1"), wanted=wanted) == []
    assert one.kinds() == ["ShiftOpened"]
    assert "T2.1 certified what it was not asked for, dropped: aida A-1" in caplog.text


def test_of_a_certificate_only_what_was_asked_for_is_taken(pair: Pair) -> None:
    """The rest of it is to be had later, by asking for it."""
    one, _, lan = pair
    given = certificates(lan, "A-1", "A-2")
    assert taken(one, *given, wanted={"T2": Wanted(("A-2",))}) == [("aida", "A-2")]
    assert (one.token("A-1"), one.token("A-2")) == (None, ("LEASED", 1, 1))
    one.sell("A-1")
    one.line.mend()
    one.line.drain()
    assert one.token("A-1") == ("SOLD", 1, 1)


def test_a_giver_that_answers_with_more_than_was_asked_gives_only_that(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _, lan = pair
    both = certificates(lan, "A-1", "A-2")
    monkeypatch.setattr(lan, "ask", lambda *_: done(both))
    one.add("A-1")
    assert (one.token("A-1"), one.token("A-2")) == (("LEASED", 1, 1), None)


def test_a_forged_certificate_is_refused(pair: Pair) -> None:
    one, two, lan = pair
    (good,) = certificates(lan, "A-1")
    mine, theirs = TillKeys(one.identity), TillKeys(two.identity)

    def signed(certificate: Certificate, keys: TillKeys = theirs) -> Certificate:
        return replace(certificate, signature=keys.sign(certificate.message()))

    forged = [
        signed(good, mine),
        replace(good, number=99),
        signed(replace(good, receiver=Hand("T1", 2))),
        signed(replace(good, receiver=Hand("T3", 1))),
        signed(replace(good, giver=Hand("T3", 1))),
    ]
    assert taken(one, *forged) == []
    assert one.kinds() == ["ShiftOpened"]
    assert taken(one, good) == [("aida", "A-1")]
