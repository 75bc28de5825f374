"""The guards of passing on and of paper bite: each is taken out in turn, and the scenario that rests on it
must then fail. (How: tests/mutate.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import pos.domain.rights as rights
import pos.till.contingency.packs as packs
import pos.till.contingency.rekey as rekey
import pos.till.counter.approval as approval
import pos.till.counter.neighbours as neighbours
import pos.till.counter.passing as passing
import pos.till.desk as desk
from tests.mutate import mutate
from tests.unit.till import test_neighbours as lan
from tests.unit.till import test_paper as paper
from tests.unit.till.counter import Counter

Make = Callable[..., Counter]
Take = Callable[[pytest.MonkeyPatch], None]
Scenario = Callable[[Make], None]


def with_the_office_there(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_helps", "away and ", "")


def by_a_fenced_giver(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_helps", " and not desk.fenced", "")


def to_anybody(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_helps", "desk.key_of(asker) is not None", "True")


def out_of_the_basket(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_is_idle", " or (show, place) in in_use(desk)", "")


def not_let_go(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_let_go", "unit.put_rights(", "str(")


def told_twice(patch: pytest.MonkeyPatch) -> None:
    """No certificate is kept: what went out once is gone."""
    mutate(patch, neighbours, "_let_go", "desk.ledger.certificates.add(certificate)", "pass")


def to_its_last_seat(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "pass_on", "[:spare]", "")


def some_will_do(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_share_out", "return {}", "continue")


def late_certificates(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, rights, "may_accept", "own is None or token > own.token", "True")


def forged(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_holds", " or not certificate.genuine(key)", "")


def whoever_it_is_for(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "_holds", " or not mine", "")


def any_incarnation(patch: pytest.MonkeyPatch) -> None:
    mutate(
        patch, neighbours, "_holds",
        "certificate.receiver == (desk.outside.till, desk.outside.incarnation)",
        "certificate.receiver.till == desk.outside.till",
    )  # fmt: skip


def only_the_replica_knows_fences(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, desk.Desk, "key_of", "None if hand in self._fences else ", "")


def kept_without_a_shift(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, neighbours, "take_over", "desk.ledger.open_shift() is None", "False")


def paper_may_be_recalled(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "answer_recalls", "right.state is OwnState.PAPER and", "False and")


def a_ticket_ends_twice(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, packs, "out", 'ticket.state != "out"', "False")


def a_ticket_counts_twice(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, packs, "out", "if ticket in tickets", "if False")


def anybody_may_lose_a_pack(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, approval, "may_alone", "bool(approver) or desk.signed_in().role in APPROVING_ROLES", "True")


def paper_out_of_the_basket(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, packs, "_check_unused", "(show, place) in used", "False")


def tickets_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """Re-keying makes new tickets instead of those that are on the paper."""
    mutate(patch, rekey, "making_of", "replace(making, tickets=tuple(known))", "making")


def at_any_time(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, rekey, "sold_at", "if not good:", "if False:")


def pair(scenario: Callable[[lan.Pair], None]) -> Scenario:
    return lambda make: scenario(lan.pair_of(make))


def opened(make: Make) -> Counter:
    counter = make()
    counter.open()
    return counter


def alone(scenario: Callable[[Counter], None]) -> Scenario:
    return lambda make: scenario(opened(make))


def late(make: Make) -> None:
    paper.test_what_cannot_have_been_sold_is_refused(opened(make), {"at": "2020-01-01T00:00:00+00:00"}, "bad_request")


GUARDS: list[Any] = [
    (with_the_office_there, pair(lan.test_with_the_office_there_it_is_the_office_that_does_it)),
    pytest.param(
        by_a_fenced_giver,
        pair(lan.test_a_fenced_till_passes_nothing_on),
        marks=pytest.mark.expect_log("fenced: told so"),
    ),
    (to_anybody, pair(lan.test_nothing_is_passed_on_to_a_stranger)),
    (to_anybody, pair(lan.test_nothing_is_passed_on_to_a_fenced_till)),
    (out_of_the_basket, pair(lan.test_a_seat_in_the_neighbours_basket_stays_there)),
    (not_let_go, pair(lan.test_what_was_passed_on_is_not_sold_any_more)),
    (told_twice, pair(lan.test_a_lost_answer_is_asked_for_again)),
    (told_twice, pair(lan.test_a_giver_that_was_killed_has_its_certificate_still)),
    (to_its_last_seat, pair(lan.test_a_giver_keeps_half_of_what_is_idle)),
    (some_will_do, lambda make: lan.test_several_seats_come_from_several_neighbours_or_not_at_all(make)),
    (late_certificates, pair(lan.test_a_certificate_that_comes_late_is_dropped)),
    (late_certificates, pair(lan.test_a_certificate_is_taken_once)),
    (forged, pair(lan.test_a_forged_certificate_is_refused)),
    (whoever_it_is_for, pair(lan.test_a_forged_certificate_is_refused)),
    (any_incarnation, pair(lan.test_a_forged_certificate_is_refused)),
    (only_the_replica_knows_fences, pair(lan.test_a_fence_once_told_outlives_the_replica)),
    (kept_without_a_shift, pair(lan.test_what_comes_after_the_shift_has_closed_goes_back_at_once)),
    (paper_may_be_recalled, alone(paper.test_a_recall_of_what_is_on_paper_is_declined)),
    (a_ticket_ends_twice, alone(paper.test_it_is_re_keyed_once)),
    (a_ticket_ends_twice, alone(paper.test_paper_that_comes_back_is_in_hand_again_once)),
    (a_ticket_counts_twice, alone(paper.test_a_ticket_named_twice_is_one_request_too_many)),
    (anybody_may_lose_a_pack, alone(paper.test_a_lost_pack_is_a_supervisors_word_and_its_places_are_frozen)),
    (paper_out_of_the_basket, alone(paper.test_what_is_being_sold_does_not_go_on_paper)),
    (tickets_of_its_own, alone(paper.test_what_was_sold_on_paper_is_booked_as_that_sale)),
    (at_any_time, late),
]


@pytest.mark.parametrize(("guard", "scenario"), GUARDS)
def test_without_its_guard_the_scenario_fails(
    make_counter: Make,
    monkeypatch: pytest.MonkeyPatch,
    guard: Take,
    scenario: Scenario,
) -> None:
    guard(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion, or a refusal that nobody expected
        scenario(make_counter)
