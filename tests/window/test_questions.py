"""Parking and taking up, several choices of seats, another show, and why a single seat is left: all in the panel."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from pos.ui.seatmap import states
from pos.ui.sell.aside.choosing import MoveTo, Options
from pos.ui.sell.aside.parking import Park, TakeUp
from pos.ui.sell.aside.question import Reasons
from tests.window.counter import CTRL, NONE, SHIFT, Counter, Key

BOTH = CTRL | SHIFT


def asked(counter: Counter, kind: type) -> None:
    counter.until(lambda: isinstance(counter.selling.questions.now, kind))


def titles(counter: Counter) -> list[str]:
    question = counter.selling.questions.now
    return [answer.title for answer in question.answers] if question else []


def park(counter: Counter, name: str) -> None:
    counter.press(Key.Key_P, modifier=CTRL)
    asked(counter, Park)
    counter.type(name)
    counter.press(Key.Key_Return)
    counter.settled(0)


def test_a_customer_waits_and_is_served_by_number(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    first, seats = counter.labels, [line.ix for line in counter.sell.lines]
    park(counter, "Mrs Brown")
    counter.until(lambda: all(counter.sell.hall.states[ix] == states.HELD for ix in seats))
    assert "number 1" in counter.toast
    counter.until(lambda: len(counter.selling.questions.lot.parked) == 1)
    counter.press(Key.Key_B)
    counter.settled(2)
    assert not set(counter.labels) & set(first)
    counter.press(Key.Key_P, modifier=BOTH)
    asked(counter, TakeUp)
    counter.until(lambda: titles(counter) == ["1  Mrs Brown"])
    question = counter.selling.questions.now
    assert question is not None
    assert "left" in question.answers[0].below
    counter.press(Key.Key_1)
    counter.until(lambda: counter.labels == first)
    # What was in front waits now, and the panel is the basket's again.
    counter.until(lambda: [parked.number for parked in counter.selling.questions.lot.parked] == [2])
    assert counter.selling.side.isVisible()
    counter.press(Key.Key_Return)
    counter.until(lambda: counter.sell.payment.sale is not None)


def test_the_key_twice_parks_without_a_name_and_escape_gives_up(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_P, modifier=CTRL)
    asked(counter, Park)
    counter.press(Key.Key_Escape)
    assert counter.selling.questions.now is None
    assert len(counter.sell.lines) == 2
    counter.press(Key.Key_P, Key.Key_P, modifier=CTRL)
    counter.settled(0)
    counter.until(lambda: [parked.name for parked in counter.selling.questions.lot.parked] == [""])


def test_undo_never_reaches_into_another_customers_basket(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    park(counter, "one")
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.press(Key.Key_P, modifier=BOTH)
    asked(counter, TakeUp)
    counter.until(lambda: len(titles(counter)) == 1)
    counter.press(Key.Key_Return)
    counter.until(lambda: [parked.number for parked in counter.selling.questions.lot.parked] == [2])
    counter.press(Key.Key_Z, modifier=CTRL)
    counter.house.settle()
    assert len(counter.house.ask("basket")["basket"]["lines"]) == 2


def test_a_parked_basket_that_lost_its_places_is_told_of(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    park(counter, "Brown")
    counter.house.say(event="basket", reason="expired", number=1, name="Brown")
    counter.until(lambda: "Parked basket 1 Brown" in counter.toast)


def test_several_choices_are_picked_by_number(counter: Counter) -> None:
    counter.press(Key.Key_B, modifier=SHIFT)
    asked(counter, Options)
    counter.until(lambda: len(titles(counter)) == 6)
    before = titles(counter)
    counter.press(Key.Key_6)  # the next best
    counter.until(lambda: bool(titles(counter)) and titles(counter)[0] != before[0])
    assert not set(titles(counter)[:5]) & set(before[:5])
    wanted = titles(counter)[1]
    counter.press(Key.Key_2)
    counter.settled(2)
    row = wanted.rsplit(" ", 1)[0]
    assert all(label.startswith(row) for label in counter.labels)


def test_too_many_for_one_row_sit_in_several_when_that_is_wanted(counter: Counter) -> None:
    counter.sell.set_count(40)
    counter.press(Key.Key_B)
    asked(counter, Options)
    question = counter.selling.questions.now
    assert question is not None
    counter.until(lambda: "at most" in question.hint)
    counter.press(Key.Key_Return)
    counter.until(lambda: question.action == "Take")
    counter.press(Key.Key_1)
    counter.settled(40)


def test_a_wheelchair_comes_with_a_companion(counter: Counter) -> None:
    counter.sell.choose_category("Wheelchair")
    counter.sell.set_count(1)
    counter.press(Key.Key_B)
    counter.settled(2)
    guest, companion = counter.sell.lines
    assert (guest.category, companion.category) == ("Wheelchair", "Companion")
    assert not companion.price


def test_a_row_is_taken_by_key_or_double_click(counter: Counter) -> None:
    plan = counter.sell.hall.plan
    assert plan is not None
    seat = counter.free()[0]
    row = plan.rows[plan.row[seat]]
    easy = (states.FREE, states.HERE)
    can_be_had = [ix for ix in range(row.first, row.end) if counter.sell.hall.states[ix] in easy]
    wanted = {plan.label(ix) for ix in can_be_had}
    counter.sell.pointing.row(seat)
    counter.until(lambda: set(counter.labels) == wanted)
    counter.sell.clear()
    counter.settled(0)
    counter.until(lambda: all(counter.sell.hall.states[ix] in easy for ix in can_be_had))
    map_ = counter.selling.view.map
    map_.zoom_to([seat])
    at = map_.position_of(seat).toPoint()
    QTest.mouseClick(map_, Qt.MouseButton.LeftButton, NONE, at)
    QTest.mouseDClick(map_, Qt.MouseButton.LeftButton, NONE, at)
    counter.until(lambda: set(counter.labels) == wanted)
    assert map_.place_at(QPointF(at)) == seat


def test_ranges_are_typed(counter: Counter) -> None:
    counter.press(Key.Key_Slash)
    rows = [row for row in (counter.label(ix).rsplit(" ", 1) for ix in counter.free()) if row]
    one, other = rows[0], next(row for row in rows if row[0] != rows[0][0])
    counter.type(f"{' '.join(one)}, {' '.join(other)}")
    counter.press(Key.Key_Return)
    counter.until(lambda: set(counter.labels) == {" ".join(one), " ".join(other)})


def test_of_a_row_that_is_typed_what_is_free_is_taken(counter: Counter) -> None:
    taken = {counter.label(ix).rsplit(" ", 1)[0] for ix in counter.seats(states.SOLD)}
    row = next(row for ix in counter.free() if (row := counter.label(ix).rsplit(" ", 1)[0]) in taken)
    sold = [ix for ix in counter.seats(states.SOLD) if counter.label(ix).startswith(f"{row} ")]
    counter.press(Key.Key_Slash)
    counter.type(f"{row} *")
    counter.press(Key.Key_Return)
    counter.until(lambda: bool(counter.labels))
    assert all(label.startswith(f"{row} ") for label in counter.labels)
    assert not {counter.label(ix) for ix in sold} & set(counter.labels)


def test_a_basket_moves_to_another_evening_once_the_difference_was_told(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    total = counter.sell.basket.total if counter.sell.basket else None
    counter.press(Key.Key_M, modifier=CTRL)
    asked(counter, MoveTo)
    question = counter.selling.questions.now
    assert question is not None
    assert titles(counter)[0] == "Tosca"
    roomy = max((answer.key for answer in question.answers if answer.title == "Tosca"), key=lambda card: card.free)
    question.choose(roomy)
    counter.until(lambda: question.action == "Move")
    assert "costs" in question.hint or "more" in question.hint or "less" in question.hint
    assert len(question.answers) == 2
    before = counter.window.session.show_id
    counter.press(Key.Key_Return)
    counter.until(lambda: {line.show for line in counter.sell.lines} != {before} and bool(counter.sell.lines))
    assert counter.window.session.show_id == counter.sell.lines[0].show
    assert total is not None


def test_tickets_of_several_shows_stand_under_their_names(counter: Counter) -> None:
    counter.press(Key.Key_B)
    counter.settled(2)
    counter.choose("hedda")
    counter.press(Key.Key_B)
    counter.settled(4)
    counter.until(lambda: [row.head for row in counter.selling.side.basket.rows] == [True, False, False] * 2)
    heads = [row for row in counter.selling.side.basket.rows if row.head]
    assert [row.title for row in heads] == ["Tosca", "Hedda Gabler"]
    assert all(row.price for row in heads)


def test_why_a_single_seat_is_left_is_asked_for_where_the_venue_wants_to_know(counter: Counter) -> None:
    documents = counter.house.desk.submit(lambda: counter.house.desk.replica.documents()).result(10)
    (venue,) = documents["venue"].values()
    heard: list[object] = []
    counter.window.session.heard.connect(lambda event: heard.append(event.get("documents")))
    counter.house.document("venue", {**venue, "orphans": "refuse"})
    counter.until(lambda: True in heard and counter.sell.show is not None)
    plan = counter.sell.hall.plan
    assert plan is not None
    line = next(line for line in plan.lines if len(line) > 3 and all(ix in counter.free() for ix in line[:3]))
    counter.sell.pointing.seats([line[1]])
    asked(counter, Reasons)
    assert plan.label(line[0]) in (counter.selling.questions.now.title if counter.selling.questions.now else "")
    counter.press(Key.Key_1)
    counter.settled(1)
