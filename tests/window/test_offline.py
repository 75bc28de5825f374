"""The office away: the line under the bar says so, what is in hand sells, the rest is refused with a reason."""

from __future__ import annotations

from pos.ui.seatmap import states
from tests.window.counter import Counter, Key


def test_the_line_names_cause_age_what_is_unsent_and_what_still_works(counter: Counter) -> None:
    assert counter.window.banner.property("level") == "quiet"
    place = counter.window.banner.geometry()
    counter.house.cut("no_office")
    counter.until(lambda: counter.window.banner.property("level") == "amber")
    counter.until(lambda: counter.window.session.status.unsent > 0)
    said = counter.window.banner.accessibleName()
    assert "No answer from the office" in said
    assert "since" in said
    assert "in hand here" in said
    assert "unsent" in said
    assert "still sell" in said
    assert counter.window.banner.geometry() == place, "the line moved"
    counter.house.cut("no_network")
    counter.until(lambda: "No network" in counter.window.banner.accessibleName())
    counter.house.mend()
    counter.until(lambda: counter.window.banner.property("level") == "quiet")


def test_tabs_and_counts_say_what_is_in_hand(counter: Counter) -> None:
    counter.house.cut()
    counter.until(lambda: not counter.window.session.link.online)
    sells = {card.id for card in counter.window.session.shows if card.sells}
    tabs = [tab.accessibleName() for show, tab in counter.window.tabs._tabs if show in sells]
    assert tabs
    assert all("in hand" in tab for tab in tabs), tabs
    counter.until(lambda: "in hand of" in counter.selling.view._counts.text())
    assert counter.selling.view.map._offline


def test_what_is_in_hand_sells_and_the_rest_is_refused_with_who_has_it(counter: Counter) -> None:
    counter.house.cut()
    counter.until(lambda: not counter.window.session.link.online)
    free = counter.free()[0]
    counter.click(free)
    counter.until(lambda: bool(counter.toast))
    assert counter.label(free) in counter.toast
    assert "the office" in counter.toast
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)
    counter.until(lambda: len(counter.house.printers.paper) == 2)


def test_a_change_of_seats_reaches_the_map(counter: Counter) -> None:
    seat = counter.at_hand()[0]
    plan = counter.sell.hall.plan
    assert plan is not None
    counter.house.recall(counter.sell.hall.show_id, plan.place_ids[seat])
    counter.until(lambda: counter.selling.view.map.state_of(seat) == states.FREE)


def test_a_line_that_is_taken_from_the_basket_leaves_the_screen(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.house.ask("clear")
    counter.house.say("basket", reason="expired")
    counter.settled(0)
    assert not counter.sell.payment.given


def test_a_fenced_till_says_so_in_red_and_what_is_sent_counts_down(counter: Counter) -> None:
    counter.house.say("sent", unsent=7)
    counter.until(lambda: "7 entries" in counter.window.banner.accessibleName())
    counter.house.say("fenced", reason="this till was enrolled again")
    counter.until(lambda: counter.window.banner.property("level") == "red")
    assert "enrolled again" in counter.window.banner.accessibleName()
    assert "Nothing sold so far is lost" in counter.window.banner.accessibleName()
