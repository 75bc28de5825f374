"""The guards bite: each is taken out in turn, and the scenario that rests on it must then fail.

(How: tests/mutate.py.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

import pos.domain.admission as admission
import pos.domain.purse as purse
import pos.domain.rights as rights
import pos.domain.sale as sale
import pos.store.schema as schema
import pos.till.counter.admit as admit
import pos.till.counter.charge as charge
import pos.till.counter.collect as collect
import pos.till.counter.issue as issue
import pos.till.counter.parking as parking
import pos.till.counter.passing as passing
import pos.till.counter.purses as purses
import pos.till.counter.sealing as sealing
import pos.till.counter.tickets as tickets
import pos.till.desk as desk
import pos.till.front as front
from tests.mutate import mutate
from tests.unit.till import (
    test_admit,
    test_charge,
    test_collect,
    test_exchange,
    test_issue,
    test_memory,
    test_parking,
    test_passing,
    test_pay,
    test_purses,
    test_refund,
    test_sealing,
    test_sell,
)
from tests.unit.till.counter import Counter
from tests.unit.till.toy_terminal import ScriptedTerminal

Make = Callable[..., Counter]
Scenario = Callable[[Counter], None]


def no_late_guard(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, rights, "may_accept", "own is None or token > own.token", "True")


def no_return_of_what_never_came(patch: pytest.MonkeyPatch) -> None:
    returned = "back.append((ask.show, ask.place, OwnRight(never_came, ask.token, ticket)))"
    mutate(patch, passing, "answer_recalls", returned, "continue")


def what_never_came_ends_the_ticket(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "answer_recalls", "right.ticket if right is not None and ask.sold", '"" if True')


def refund_without_the_token(patch: pytest.MonkeyPatch) -> None:
    mutate(
        patch, tickets, "rights_to", "missing = [ticket for ticket in tickets if not in_hand(desk, ticket)]", "return"
    )


def any_token_of_the_place(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, tickets, "in_hand", " or own.ticket != ticket.id", "")


def own_tickets_never_end_elsewhere(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, rights, "ended_elsewhere", "returned and now.token > was.token", "False")


def late_refund_tokens(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "accept_sold", "if may_accept(own.get(right.place), right.token)", "")


def charge_before_the_fact(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "_move", "book.add(payment)", "pass")


def nothing_is_pinned(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "pinned", "for payment in (*book.pending(), *book.awaited())", "for payment in ()")


def the_basket_is_not_pinned(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "check_basket_free", "if payment.subject == BASKET", "if False")


def charge_again_what_is_paid(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "_paid_already", "return mine", "return []")


def declined_is_unknown_no_more(patch: pytest.MonkeyPatch) -> None:
    """Silence taken for a no."""
    mutate(patch, charge, "note", 'outcome.state != "unknown" and ', "")


def use_what_has_passed_on(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, desk.Desk, "held", "own.state is not state", "False")
    mutate(patch, tickets, "all_in_hand", "in_hand(desk, ticket)", "True")


def reverse_without_intent(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "reverse", 'end(desk, unit, payment, REVERSING, payment.receipt, "")', "pass")


def read_before_waiting(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "settle_open", "if desk.paying:", "if False:")


def pins_of_others_do_not_count(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "check_not_pinned", "not set(payment.pins).isdisjoint(intent.pins)", "False")


def keep_what_was_taken(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, charge, "_take_back", "for payment in reversed(payments):", "for payment in ():")


def the_look_up_alone_says_what_is_printed(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "accept_sold", "if right.issued:", "if False:")


def every_first_paper_is_a_copy(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, collect, "has_paper", 'bool(ticket.get("issued", True))', "True")


def lower_copies_let_in(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, admission, "check", "paper < ticket.copies", "False")


def tickets_let_in_again(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, admission, "check", "ticket.admission is not None", "False")


def gates_hear_nothing(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, admit, "admission", "office is not None", "False")


def who_was_let_in_is_paid_back(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, admit, "let_in", "raise already_admitted(ticket.id, admitted)", "continue")


def grants_fill_purses_again(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "accept_sold", "if right.place in came", "")


def purses_without_the_token(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, purses, "_in_hand", "own is not None and own.state is OwnState.SOLD", "own is not None")


def more_than_is_left(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, purse.Purse, "moved", "left.minor < 0", "False")


def vouchers_for_ever(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, purse.Purse, "moved", "now > self.valid_until", "False")


def vouchers_in_parts(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, purse.Purse, "moved", 'self.kind == "voucher" and', "False and")


def what_is_spent_is_not_kept(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, purses, "spend", "desk.ledger.purses.put(replace(purse, left=left))", "pass")


def purses_are_not_pinned(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, purses, "keys", "_names(tenders)", "()")


def tell_without_letting_go(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "give_back", "unit.put_rights(gone)", "pass")


def let_go_without_telling(patch: pytest.MonkeyPatch) -> None:
    mutate(
        patch, passing, "give_back", 'unit.record(Kind.RIGHTS_RETURNED, {"reason": reason}, effects=effects)', "pass"
    )


def baskets_may_be_recalled(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "answer_recalls", "used if ask.spare else stay", "()")


def parked_baskets_never_run_out(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "answer_recalls", "now > basket.expires", "False")


def the_parked_run_out_with_the_rest(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "answer_recalls", "basket.expires is not None and now > basket.expires", "True")


def parked_places_are_sold_again(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "_places", "for basket in baskets", "for basket in baskets if not basket.number")


def shifts_close_over_what_is_parked(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, parking, "check_none_parked", "if waiting:", "if False:")


def any_incarnations_grants(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "accept", "answer.incarnation != desk.outside.incarnation", "False")


def own_word_always_wins(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, rights, "may_sell", "and own.token >= office.token", "")


def inexact_tenders(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, sale, "_settle_house", "said not in (exact, owed)", "said > owed")


def no_amnesia_guard(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, desk.Desk, "_look_at_the_mark", "mark is not None and", "False and")


def the_sealed_go_on(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, desk.Unit, "record", "if self.desk.sealed:", "if False:")


def the_sealed_sell(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, sealing, "seal", "desk.sealed, desk.fenced = True, SEALED", "pass")
    mutate(patch, desk.Desk, "check_not_fenced", "if self.fenced:", "if False:")


def the_sealed_take_grants(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, passing, "accept", "if desk.sealed:", "if False:")


def forgetful_keys(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, desk.Unit, "answers", "if self.call.key:", "if False:")


def another_chain(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, desk.Unit, "record", "previous = self.facts[-1].hash if self.facts else self.desk.hash", 'previous = "0" * 64')  # noqa: E501  # fmt: skip


def print_again_what_had_begun(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, issue, "resume", 'jobs("queued", latest=None)', 'jobs("queued", "started", latest=None)')


def lazy_commits(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, schema, "_writer_pragmas", "synchronous=FULL", "synchronous=NORMAL")


def two_live_tickets(patch: pytest.MonkeyPatch) -> None:
    def opened(self: desk.Desk, old: Callable[[desk.Desk], None] = desk.Desk._open) -> None:
        old(self)
        self.ledger.connection.exec_driver_sql("DROP INDEX one_live_ticket")

    patch.setattr(desk.Desk, "_open", opened)


def keys_forgotten_in_flight(patch: pytest.MonkeyPatch) -> None:
    mutate(patch, front.Front, "_once", "self._running.get(key, (verb, None))", "verb, None")


def underpaid(counter: Counter) -> None:
    test_pay.test_tenders_settle_exactly_or_nothing_happens(counter, test_pay.cash("58.99"), "underpaid")


def every_commit_is_synced(counter: Counter) -> None:
    asked = "PRAGMA synchronous"
    level = counter.desk.submit(lambda: counter.desk.ledger.connection.exec_driver_sql(asked).scalar()).result(5)
    assert level == 2


def charged(scenario: Callable[[Counter, ScriptedTerminal], None]) -> Scenario:
    """A scenario at a till with a payment terminal."""
    return lambda counter: scenario(counter, cast("ScriptedTerminal", counter.terminal))


def with_purses(scenario: Scenario) -> Scenario:
    """The scenario at a till whose office has a gift card and a voucher."""
    return lambda counter: scenario(test_purses.with_purses(counter))


def order_at(counter: Counter) -> Counter:
    counter.line.order("aida", test_collect.order("A-5", "A-6"))
    counter.settle()
    return counter


def without_a_line_no_order_is_printed(counter: Counter) -> None:
    test_collect.test_without_the_tokens_nothing_is_printed(order_at(counter))


def what_another_window_printed(counter: Counter) -> None:
    test_collect.test_what_another_window_printed_comes_with_the_token(order_at(counter))


def the_first_paper_of_an_order(counter: Counter) -> None:
    test_collect.test_the_first_reprint_of_an_order_is_the_original(order_at(counter))


GUARDS: list[tuple[Callable[[pytest.MonkeyPatch], None], Scenario]] = [
    (no_late_guard, test_passing.test_a_grant_that_never_arrived_is_returned_and_dropped_when_it_comes_late),
    (
        what_never_came_ends_the_ticket,
        test_refund.test_a_token_of_this_tills_own_ticket_that_never_came_ends_no_ticket,
    ),
    (
        no_return_of_what_never_came,
        test_passing.test_a_grant_that_never_arrived_is_returned_and_dropped_when_it_comes_late,
    ),
    (refund_without_the_token, test_refund.test_without_a_line_only_what_is_in_hand_is_refunded),
    (any_token_of_the_place, test_refund.test_a_seat_sold_again_elsewhere_is_not_refunded_for_its_first_buyer),
    (own_tickets_never_end_elsewhere, test_refund.test_a_ticket_whose_place_has_come_back_is_over),
    (refund_without_the_token, test_issue.test_a_copy_is_issued_by_whoever_holds_the_tickets_token),
    (late_refund_tokens, test_refund.test_a_late_grant_of_a_token_that_was_asked_back_is_dropped),
    (charge_before_the_fact, charged(test_charge.test_while_it_is_unknown_the_basket_is_pinned)),
    (nothing_is_pinned, charged(test_charge.test_while_it_is_unknown_the_basket_is_pinned)),
    (the_basket_is_not_pinned, charged(test_charge.test_while_it_is_unknown_the_basket_is_pinned)),
    (charge_again_what_is_paid, charged(test_charge.test_the_terminal_tells_later_and_the_same_payment_is_used)),
    (declined_is_unknown_no_more, charged(test_charge.test_while_it_is_unknown_the_basket_is_pinned)),
    (keep_what_was_taken, charged(test_charge.test_cards_go_last_and_what_went_before_a_decline_is_reversed)),
    (refund_without_the_token, without_a_line_no_order_is_printed),
    (the_look_up_alone_says_what_is_printed, what_another_window_printed),
    (every_first_paper_is_a_copy, the_first_paper_of_an_order),
    (use_what_has_passed_on, test_exchange.test_a_token_that_went_while_the_new_seat_was_claimed_is_not_used),
    (reverse_without_intent, charged(test_charge.test_a_reversal_that_nobody_heard_of_pays_for_nothing)),
    (read_before_waiting, charged(test_charge.test_one_card_at_a_time)),
    (pins_of_others_do_not_count, charged(test_charge.test_what_a_card_refund_has_pinned_is_not_exchanged)),
    (lower_copies_let_in, test_admit.test_only_the_highest_copy_counts),
    (tickets_let_in_again, test_admit.test_what_another_gate_let_in_is_known_as_soon_as_it_is_heard_of),
    (gates_hear_nothing, test_admit.test_what_another_gate_let_in_is_known_as_soon_as_it_is_heard_of),
    (who_was_let_in_is_paid_back, test_admit.test_who_was_let_in_gets_nothing_back_without_a_supervisor),
    (grants_fill_purses_again, with_purses(test_purses.test_a_grant_that_is_sent_again_does_not_fill_it_again)),
    (purses_without_the_token, with_purses(test_purses.test_it_goes_back_when_it_is_asked_for)),
    (more_than_is_left, with_purses(test_purses.test_more_than_is_left_is_refused)),
    (vouchers_for_ever, with_purses(test_purses.test_an_expired_voucher_is_refused)),
    (vouchers_in_parts, with_purses(test_purses.test_a_voucher_is_redeemed_once_and_what_is_over_lapses)),
    (what_is_spent_is_not_kept, with_purses(test_purses.test_a_gift_card_pays_in_parts_and_says_what_is_left)),
    (purses_are_not_pinned, charged(test_purses.it_stays_while_a_card_is_charged)),
    (tell_without_letting_go, test_passing.test_a_right_given_back_cannot_be_sold),
    (let_go_without_telling, test_passing.test_an_idle_right_is_given_back_by_a_fact),
    (baskets_may_be_recalled, test_passing.test_a_place_in_the_basket_is_declined),
    (parked_baskets_never_run_out, test_parking.test_a_parked_place_is_declined_until_its_time_is_over),
    (the_parked_run_out_with_the_rest, test_parking.test_one_basket_that_ran_out_takes_no_other_with_it),
    (parked_places_are_sold_again, test_parking.test_one_basket_that_ran_out_takes_no_other_with_it),
    (shifts_close_over_what_is_parked, test_parking.test_a_shift_closes_only_when_nothing_is_parked),
    (any_incarnations_grants, test_sell.test_a_grant_for_another_incarnation_is_dropped),
    (own_word_always_wins, test_passing.test_what_the_office_passed_on_is_not_sold_whatever_the_ledger_says),
    (inexact_tenders, underpaid),
    (no_amnesia_guard, test_memory.test_an_old_copy_of_the_folder_is_fenced),
    (the_sealed_go_on, test_sealing.test_nothing_is_written_after_the_last_fact),
    (the_sealed_sell, test_sealing.test_a_sealed_ledger_never_sells_again_nor_after_a_restart),
    (the_sealed_take_grants, test_sealing.test_a_sealed_ledger_takes_no_late_grant),
    (forgetful_keys, test_pay.test_the_same_key_sells_once),
    (keys_forgotten_in_flight, test_pay.test_the_same_key_while_the_first_call_is_under_way),
    (another_chain, test_pay.test_selling_goes_on_without_a_line),
    (print_again_what_had_begun, test_issue.test_a_job_that_had_begun_is_a_question_after_a_restart),
    (lazy_commits, every_commit_is_synced),
    (two_live_tickets, test_pay.test_two_live_tickets_for_a_place_are_refused_by_the_ledger_itself),
]


@pytest.mark.parametrize(("guard", "scenario"), GUARDS, ids=[guard.__name__ for guard, _ in GUARDS])
def test_without_its_guard_the_scenario_fails(
    make_counter: Make, monkeypatch: pytest.MonkeyPatch, guard: Callable[[pytest.MonkeyPatch], None], scenario: Scenario
) -> None:
    guard(monkeypatch)
    counter = make_counter(terminal=ScriptedTerminal())
    counter.open()
    with pytest.raises(Exception):  # noqa: B017, PT011 - an assertion, or a refusal that nobody expected
        scenario(counter)


@pytest.mark.parametrize(
    "scenario",
    [
        underpaid,
        every_commit_is_synced,
        without_a_line_no_order_is_printed,
        what_another_window_printed,
        the_first_paper_of_an_order,
    ],
)
def test_with_its_guard_it_passes(counter: Counter, scenario: Scenario) -> None:
    """The scenarios that are not tests elsewhere."""
    scenario(counter)


def test_a_mutation_that_changes_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError, match="exactly once"):
        mutate(monkeypatch, rights, "may_accept", "no such expression", "True")
