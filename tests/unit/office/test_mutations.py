"""The office's guards bite: each is taken out in turn, and the scenario that rests on it must then fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import sync.office.rules.changes as changes
import sync.office.rules.claims as claims
import sync.office.rules.deaths as deaths
import sync.office.rules.effects as effects
import sync.office.rules.facts as facts
import sync.office.rules.forks as forks
import sync.office.rules.heard as heard
import sync.office.rules.history as history
import sync.office.rules.purses as purses
import sync.office.rules.releasing as releasing
import sync.office.rules.tickets as tickets
import sync.office.rules.tills as tills
from sync.office.rules.admissions import Gates
from sync.office.rules.board import Board
from sync.office.rules.certificates import Hands
from sync.office.rules.purses import Purses
from sync.office.season.importer import import_season
from tests.mutate import mutate
from tests.peers.small_season import SEASON, SHOW, write_season
from tests.peers.till_client import TillClient
from tests.unit.office import test_admissions, test_deaths, test_facts, test_orders, test_passings, test_purses
from tests.unit.office.conftest import House
from tests.unit.office.test_season_import import ORDER

Tills = Callable[..., list[TillClient]]
Scenario = Callable[[House, Tills], None]


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The rules are the same on both databases; one is enough to see a guard missing."""
    return f"sqlite:///{tmp_path / 'office.db'}"


def gaps_are_jumped(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, facts, "_in_order", "one.item.number != applied + len(fresh) + 1", "False")


def any_chain(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, facts, "_in_order", "one.fact.prev_hash != head_hash", "False")


def repetitions_are_new(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, facts, "accept", "_in_order(arrived, applied, head_hash)", "list(arrived)")


def a_number_is_enough(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, facts, "accept", "known[one.item.number][0] != one.item.hash", "False")


def rivals_are_not_fenced(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, forks, "keep", "tills.fence(connection, till, incarnation, now)", "[]")


def a_rivals_followers_are_refused(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, facts, "accept", "forks.follows(connection, till, incarnation, tail, head_hash)", "False")


def fenced_rights_go_to_the_pool(patch: pytest.MonkeyPatch) -> None:
    mutate(
        patch, tills, "fence",
        "place.set(OfficeState.QUARANTINE, till, incarnation, now)", 'place.set(OfficeState.POOL, "", 0, now)',
    )  # fmt: skip


def any_token(patch: pytest.MonkeyPatch) -> None:
    mutate(
        patch, effects, "_taken",
        "(effect.token, *author.hand) != (place.token, place.holder, place.incarnation)", "False",
    )  # fmt: skip


def leases_are_free(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, claims, "_decide", "_idle(record, claim) or _recorded(record, claim)", "True")


def any_certificate(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, Hands, "_signed", "certificate.genuine(key) if key is not None else self._recovering", "True")


def certificates_lead_from_anywhere(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, effects, "_may_have_passed", "place.incarnation > 0", "True")


def certificates_are_taken_again(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, history, "received", " or account.taken", "")


def accounts_stay_open(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, history, "told", " or account.given", "")


def history_ends_as_it_likes(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, history, "told", "account.state is not effect.before and not idle", "False")


def history_leads_anywhere(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, history, "told", "account.receiver not in (UNKNOWN, receiver)", "False")


def fenced_tills_refund_into_their_hand(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, effects, "_own_step", "after is _LEASED and not author.active", "False")


def fenced_tills_receive(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, effects, "_move", "quarantined or not way.active", "quarantined")


def fenced_tills_pass_on(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, effects, "_given", "quarantined=place.state is _QUARANTINE", "quarantined=False")


def certificates_end_no_ticket(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, effects, "_received", "ended = place.ticket", 'ended = ""')


def a_fork_may_seal(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, Board, "take", "and not self.forked", "")


def any_return_frees(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, effects, "_own_step", " and not author.sealing", " and False")


def sealed_tills_live_on(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, tills, "bury", 'state="DEAD"', 'state="ACTIVE"')


def the_dead_keep_their_leases(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, deaths, "declare", "tills.fence(connection, till, latest, now)", "[]")


def nobody_need_be_heard(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "check", "unaccounted(connection, holders, order.attested, unsold)", "[]")


def hearing_is_enough(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, heard, "_settled", "UNTOLD < head <= applied", "UNTOLD < head")


def the_first_fence_is_enough(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "unaccounted", "max(row.fenced_at", "min(row.fenced_at or 10**9")


def the_fenced_do_not_count(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "unaccounted", "and hand in spoken", "and True")


def a_name_stands_for_every_machine(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "spoken_for", " and enrolled[hand.till] == 1", "")


def a_name_stands_for_all_that_hold(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "spoken_for", "len(holders) == 1", "True")


def forks_do_not_count(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "unaccounted", "hand in forked", "False")


def a_settled_dispute_moves_a_right(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "unaccounted", "hand in claims", "False")


def the_active_may_be_attested_for(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "unaccounted", "not active and hand in spoken", "hand in spoken")


def a_released_place_keeps_its_token(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "take", "place.grant(OfficeState.SOLD if", "place.set(OfficeState.SOLD if")


def the_living_are_released_from(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "releasable", 'row.standing != "ACTIVE"', "True")


def the_frozen_are_released(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "releasable", "key not in frozen", "True")


def nothing_waits(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "check", "_parked(connection, wanted)", '""')


def a_copy_frees_nothing(house: House, tills_at: Tills) -> None:
    """A journal that is not sealed gives back what another copy of the disk may have sold."""
    (one,) = tills_at("T1")
    one.give_back(SHOW, *house.granted(one, "A-1"))
    with house.database.write() as connection:
        deaths.declare(connection, "T1", 1_800_000_000)
    house.push(one)
    assert house.place("A-1")[0] == "QUARANTINE"


def gates_that_disagree_are_believed(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, Gates, "admit", "if ticket in self.gates:", "if False:")


def what_ended_is_let_in(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, Gates, "admit", "if ticket in self.over:", "if False:")


def what_was_let_in_ends(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, Gates, "end", "ticket in self.gates and ticket not in knowing", "False")


def money_without_a_right(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, purses, "_without_right", 'return "no right to it was used"', 'return ""')


def purses_below_nothing(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, Purses, "_book", "self.left[key].minor < 0", "False")


def released_purses_are_seats(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, releasing, "take", " or is_purse(place.show)", "")


def purses_are_told(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, changes, "of_places", "not is_purse(place.show)", "True")


def what_was_spent_stays(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, Purses, "write", "if rows:", "if False:")


def originals_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, tickets, "printed", "if issued:", "if False:")


def a_passing_to_another_till_is_disputed(house: House, tills_at: Tills) -> None:
    """One copy of a disk certified another receiver than the other copy tells of."""
    one, two, three = tills_at("T1", "T2", "T3")
    (grant,) = house.granted(two, "A-1")
    clone = two.twin()
    clone.journal = []
    one.receive(two.pass_on(SHOW, one, grant))
    house.push(one)
    clone.pass_on(SHOW, three, grant)
    assert [result.verdict for result in house.push(clone).results] == ["disputed"]


def a_sale_under_an_old_token_changes_nothing(house: House, tills_at: Tills) -> None:
    """The seat has been granted to another window since."""
    one, two = tills_at("T1", "T2")
    (old,) = house.granted(one, "A-1")
    one.give_back(SHOW, old)
    house.push(one)
    house.granted(two, "A-1")
    one.sell(SHOW, old)
    house.push(one)
    assert house.place("A-1") == ("LEASED", "T2", 1, 2, 0)


def a_lease_is_its_claimants(house: House, tills_at: Tills) -> None:
    one, two = tills_at("T1", "T2")
    house.granted(one, "A-1")
    refused = house.claim(two, "A-1", whole=False)
    assert isinstance(refused, claims.ClaimAnswer)
    assert [item.code for item in refused.refused] == ["right_elsewhere"]


def with_purses(scenario: Scenario) -> Scenario:
    """The scenario in a house whose season has purses."""

    def in_such_a_house(house: House, tills_at: Tills) -> None:
        with TemporaryDirectory() as folder:
            import_season(house.database, write_season(Path(folder), SEASON + test_purses.PURSES))
        scenario(house, tills_at)

    return in_such_a_house


def a_purse_that_changes_hands(house: House, tills_at: Tills) -> None:
    (one,) = tills_at("T1")
    test_purses.token(house, one)
    assert house.rows("SELECT position FROM change_log WHERE show_id LIKE '~%'") == []


def what_was_collected(house: House, tills_at: Tills) -> None:
    with TemporaryDirectory() as folder:
        import_season(house.database, write_season(Path(folder), SEASON + ORDER))
    test_orders.test_what_was_collected_is_told_to_all_and_goes_with_the_token(house, tills_at)


GUARDS: list[tuple[Callable[[pytest.MonkeyPatch], None], Scenario]] = [
    (gaps_are_jumped, test_facts.test_a_gap_is_answered_with_where_to_send_from),
    (any_chain, test_facts.test_a_fact_that_does_not_follow_the_last_one_stops_the_page),
    (repetitions_are_new, test_facts.test_a_fact_sent_again_gets_its_stored_result_and_changes_nothing),
    (a_number_is_enough, test_facts.test_a_forked_history_is_kept_disputed_and_fenced),
    (rivals_are_not_fenced, test_facts.test_a_forked_history_is_kept_disputed_and_fenced),
    (a_rivals_followers_are_refused, test_facts.test_what_follows_a_rival_is_kept_with_it),
    (fenced_rights_go_to_the_pool, test_facts.test_a_new_incarnation_cannot_sell_what_the_old_one_held),
    (any_token, a_sale_under_an_old_token_changes_nothing),
    (leases_are_free, a_lease_is_its_claimants),
    (any_certificate, test_passings.test_a_forged_certificate_moves_nothing),
    (certificates_lead_from_anywhere, test_passings.test_a_certificate_does_not_lead_over_what_came_back_to_the_office),
    (gates_that_disagree_are_believed, test_admissions.test_a_second_gate_is_booked_and_disputed),
    (what_ended_is_let_in, test_admissions.test_what_was_refunded_and_let_in_is_disputed_whichever_is_heard_of_first),
    (what_was_let_in_ends, test_admissions.test_what_was_refunded_and_let_in_is_disputed_whichever_is_heard_of_first),
    (money_without_a_right, with_purses(test_purses.test_a_spend_without_any_right_is_disputed)),
    (purses_below_nothing, with_purses(test_purses.test_more_than_there_was_is_booked_and_disputed)),
    (purses_are_told, with_purses(a_purse_that_changes_hands)),
    (
        released_purses_are_seats,
        with_purses(test_purses.test_a_dead_tills_purse_is_released_by_a_person_and_stays_a_purse),
    ),
    (what_was_spent_stays, with_purses(test_purses.test_one_of_two_gets_it_and_its_holder_is_asked)),
    (originals_are_forgotten, what_was_collected),
    (certificates_are_taken_again, test_passings.test_the_same_certificate_is_taken_once),
    (certificates_end_no_ticket, test_passings.test_a_ticket_that_is_live_ends_by_the_certificate),
    (accounts_stay_open, test_passings.test_history_is_told_once),
    (history_ends_as_it_likes, test_passings.test_what_is_told_of_the_past_must_end_idle),
    (history_leads_anywhere, a_passing_to_another_till_is_disputed),
    (fenced_tills_refund_into_their_hand, test_passings.test_what_a_fenced_till_refunds_is_not_free),
    (fenced_tills_receive, test_passings.test_a_fenced_receiver_has_no_lease_by_its_own_word),
    (fenced_tills_pass_on, test_passings.test_what_a_fenced_till_alone_says_to_have_passed_on_stays_in_quarantine),
    (a_fork_may_seal, test_deaths.test_a_sealed_ledger_that_has_a_rival_frees_nothing),
    (any_return_frees, a_copy_frees_nothing),
    (sealed_tills_live_on, test_deaths.test_a_sealed_ledger_frees_all_that_it_held),
    (the_dead_keep_their_leases, test_deaths.test_a_dead_tills_rights_are_nobodys_and_its_facts_are_still_booked),
    (nobody_need_be_heard, test_deaths.test_nothing_is_released_before_every_other_till_has_heard_and_told),
    (hearing_is_enough, test_deaths.test_a_right_that_left_the_dead_till_unseen_is_found_before_it_is_released),
    (the_first_fence_is_enough, test_deaths.test_a_later_fence_has_to_be_heard_of_too),
    (the_fenced_do_not_count, test_deaths.test_a_fenced_till_must_have_stopped_and_told_all_or_be_attested_for),
    (a_name_stands_for_every_machine, test_deaths.test_a_word_for_a_machine_is_not_one_for_another_of_its_name),
    (a_name_stands_for_all_that_hold, test_deaths.test_a_word_for_a_machine_is_not_one_for_another_of_its_name),
    (forks_do_not_count, test_deaths.test_a_till_with_two_histories_has_to_be_attested_for),
    (
        a_settled_dispute_moves_a_right,
        test_deaths.test_what_a_till_took_over_by_a_fact_that_nobody_can_read_waits_for_that_till,
    ),
    (the_active_may_be_attested_for, test_deaths.test_an_active_till_is_heard_and_not_attested_for),
    (a_released_place_keeps_its_token, test_deaths.test_a_sale_that_comes_to_light_after_the_release_is_a_dispute),
    (the_living_are_released_from, test_deaths.test_what_an_active_till_holds_is_not_released),
    (the_frozen_are_released, test_deaths.test_what_an_active_till_may_still_sell_is_not_released),
    (nothing_waits, test_deaths.test_a_place_at_which_a_fact_waits_is_not_released),
]


@pytest.mark.parametrize(("guard", "scenario"), GUARDS, ids=[guard.__name__ for guard, _ in GUARDS])
def test_without_its_guard_the_scenario_fails(
    house: House,
    tills_at: Tills,
    monkeypatch: pytest.MonkeyPatch,
    guard: Callable[[pytest.MonkeyPatch], None],
    scenario: Scenario,
) -> None:
    guard(monkeypatch)
    # An assertion, an exception that did not come, or the database's own last guard.
    with pytest.raises((Exception, pytest.fail.Exception)):
        scenario(house, tills_at)


@pytest.mark.parametrize(
    "scenario",
    [
        a_lease_is_its_claimants,
        a_sale_under_an_old_token_changes_nothing,
        a_passing_to_another_till_is_disputed,
        a_copy_frees_nothing,
        what_was_collected,
        with_purses(a_purse_that_changes_hands),
    ],
)
def test_with_its_guard_it_passes(house: House, tills_at: Tills, scenario: Scenario) -> None:
    """The scenarios that are not tests elsewhere."""
    scenario(house, tills_at)
