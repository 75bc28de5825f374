"""Several good choices of seats, to pick from; and the basket's way to another show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from pos.domain.errors import Refused
from pos.domain.money import Money, total
from pos.ui import bridge
from pos.ui.i18n import name_in, tr, tr_count
from pos.ui.model import ShowCard
from pos.ui.sell.aside.question import Answer, Question
from pos.ui.sell.presenter import SellPresenter

_OPTIONS: Final = 5


class Options(Question):
    """The best seats and the next best; over several rows when nobody has so many together."""

    def __init__(self, sell: SellPresenter) -> None:
        super().__init__()
        self._sell = sell
        self._show, self._category, self._count = sell.session.show_id, sell.chosen_category, sell.count
        self._seen: list[str] = []
        self._split = False
        self.title = tr("{count} in {category}", count=self._count, category=self._category)
        self._ask()

    def _ask(self) -> None:
        fields: dict[str, Any] = {"show": self._show, "category": self._category, "count": self._count}
        fields |= {"options": _OPTIONS, "after": self._seen, "split": self._split}
        if self._sell.pairs(self._category):
            fields["companion"] = True
        self._sell.session.bridge.latest("options", "best", self._got, **fields)

    def _got(self, answer: bridge.Answer) -> None:
        options = answer["options"]
        self.marked = 0
        self.answers = [self._row(number, option) for number, option in enumerate(options, 1)]
        self.action = tr("Take") if options else ""
        self.hint = ""
        for option in options:
            self._seen += option["places"]
        if len(options) == _OPTIONS:
            self.answers.append(Answer("more", _OPTIONS + 1, tr("The next best")))
        if not options:
            self.hint = self._nothing(answer.get("most_together", 0))
            if not self._split and not self._seen:
                self.answers = [Answer("split", 1, tr("In several rows, close together"))]
                self.action = tr("Look")
        self.changed.emit()

    def _nothing(self, most: int) -> str:
        if self._seen:
            return tr("There are no more.")
        return tr("No {n} seats together, at most {most}.", n=self._count, most=most)

    def _row(self, number: int, option: dict[str, Any]) -> Answer:
        words = {
            "together": tr("together"),
            "split": tr("in several rows"),
            "pairs": tr("each with a companion"),
            "standing": tr("standing"),
            "single_left": tr("leaves a single seat"),
        }
        title = ", ".join(row["label"] for row in option["rows"])
        detail = " · ".join(words[reason] for reason in option["why"] if reason in words)
        return Answer(tuple(option["places"]), number, title, detail, self._price(option["places"]))

    def _price(self, places: Sequence[str]) -> str:
        show, kind = self._sell.show, self._sell.type_for(places)
        if show is None:
            return ""
        prices = [show.prices.get(self._sell.hall.category_of(place), {}).get(kind) for place in places]
        known = [price for price in prices if price is not None]
        return self._sell.session.formats.amount(total(known, show.currency)) if len(known) == len(prices) else ""

    def choose(self, key: Any) -> None:
        if key in ("more", "split"):
            self._split = self._split or key == "split"
            self._ask()
            return
        self.ended.emit()
        self._sell.pick(list(key), tr("{count} × {category}", count=len(key), category=self._category))


class MoveTo(Question):
    """Which show the basket goes to; then, what that comes to."""

    def __init__(self, sell: SellPresenter, then: Callable[[str, str], None]) -> None:
        super().__init__()
        self._sell, self._then = sell, then
        line = sell.marked_line
        self._of = line.show if line else ""
        self._to: ShowCard | None = None
        cards = [card for card in sell.session.shows if card.sells and card.id != self._of]
        # The show on the screen is the likeliest, then another evening of the same.
        title = line.title if line else ""
        cards.sort(key=lambda card: (card.id != sell.session.show_id, card.title != title))
        self.title = tr("Move the basket to…")
        self.action = tr("See what it costs") if cards else ""
        self.hint = "" if cards else tr("No other show is on sale.")
        self.answers = [
            Answer(card, number if number < 10 else 0, self._name(card), self._when(card), below=self._left(card))
            for number, card in enumerate(cards, 1)
        ]

    def _name(self, card: ShowCard) -> str:
        return name_in(card.titles, self._sell.session.language, card.title)

    def _when(self, card: ShowCard) -> str:
        return self._sell.session.formats.day_and_time(card.starts, self._sell.session.now)

    def _left(self, card: ShowCard) -> str:
        return tr("{free} free", free=self._sell.session.formats.count(card.free))

    def choose(self, key: Any) -> None:
        if self._to is not None:
            return
        session = self._sell.session

        def done(answer: bridge.Answer) -> None:
            self._to = key
            self._told(answer)

        def refused(refusal: Refused) -> None:
            self.hint = session.sentence(refusal)
            self.changed.emit()

        session.bridge.call("move_basket", done, refused, show=key.id, of=self._of, preview=True)

    def _told(self, answer: bridge.Answer) -> None:
        """What would come of it."""
        assert self._to is not None
        session, formats = self._sell.session, self._sell.session.formats
        difference = Money.parse(answer["difference"], session.venue.currency)
        same = sum(move["same"] for move in answer["moves"])
        kept = tr_count("%n place stays the same", "%n places stay the same", same)
        costs = tr("costs the same")
        if difference:
            amount = formats.money(difference if difference.minor > 0 else -difference)
            costs = tr("{amount} more", amount=amount) if difference.minor > 0 else tr("{amount} less", amount=amount)
        self.title = tr("Move to {show}, {when}?", show=self._name(self._to), when=self._when(self._to))
        self.hint = f"{costs} · {kept}"
        self.answers = [
            Answer(
                move["line"], 0, move["place"], move["was"] if not move["same"] else "",
                formats.amount(Money.parse(move["price"], session.venue.currency)),
            )
            for move in answer["moves"]
        ]  # fmt: skip
        self.action = tr("Move")
        self.changed.emit()

    def enter(self, text: str) -> None:
        if self._to is None:
            super().enter(text)
            return
        show = self._to.id
        self.ended.emit()
        self._then(show, self._of)
