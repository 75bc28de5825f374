"""The selling screen, put together: work area, panel, and its keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos.ui.foot.presenter import PaperPresenter
from pos.ui.parts import Pages
from pos.ui.screen import Screen
from pos.ui.sell.aside.more import ACTIONS, More
from pos.ui.sell.aside.parking import Park
from pos.ui.sell.aside.view import QuestionView
from pos.ui.sell.extrasview import ExtrasPanel
from pos.ui.sell.panel import SellPanel
from pos.ui.sell.passes import Passes
from pos.ui.sell.passview import PassPanel
from pos.ui.sell.presenter import SellPresenter
from pos.ui.sell.questions import Questions
from pos.ui.sell.work import SellWork
from pos.ui.theme.tokens import Tokens


class SellScreen(Screen):
    """Importing this module brings in numpy and the map, so the window does it only when someone sells."""

    name = "sell"

    def __init__(
        self, presenter: SellPresenter, paper: PaperPresenter, tokens: Tokens, press: Callable[[str], object]
    ) -> None:
        """`press` does what a key of the table asks, the window's own keys among them."""
        super().__init__()
        self.presenter, self._press = presenter, press
        self.questions = Questions(presenter)
        self.questions.setParent(self)  # gone with this screen, not with the presenter
        self.view = SellWork(presenter, self.questions, tokens)
        self.side = SellPanel(presenter, paper)
        work = QVBoxLayout(self.work)
        work.setContentsMargins(0, 0, 0, 0)
        work.addWidget(self.view)
        self.asking = QuestionView(presenter.session)
        self.extras = ExtrasPanel(presenter.extras, lambda: presenter.basket)
        self.passes = Passes(presenter)
        self.passes.setParent(self)
        self.passing = PassPanel(self.passes)
        self._panel = Pages()
        for side in (self.asking, self.extras, self.passing):
            side.setParent(self._panel)
            side.hide()
        self._panel.show_page(self.side)
        self.panel_box().addWidget(self._panel)
        self.side.parked = lambda: len(self.questions.lot.parked)
        self.side.pay.asked.connect(press)
        self.questions.changed.connect(self._put_question)
        self.questions.changed.connect(self.side.draw_foot)
        presenter.anything.chosen.connect(self._found)
        presenter.pickups.taken.connect(self._clear_search)
        self.view.rush.leave.connect(lambda: press("rush"))
        presenter.extras.changed.connect(self._turn_panel)
        presenter.extras.pass_asked.connect(self.passes.open)
        self.passes.changed.connect(self._turn_panel)
        presenter.session.ticked.connect(self._tick)
        map_, stepper = self.view.map, self.view.stepper
        self._plain: dict[str, Callable[[], object]] = {
            "primary": self._primary,
            "card": self.side.keys.card,
            "split": self.side.keys.split,
            "find": self._find,
            "best": presenter.best,
            "options": self.questions.options,
            "row": lambda: presenter.pointing.row(map_.focus_place),
            "park": self.questions.park,
            "take_up": self.questions.take_up,
            "move": self.questions.move,
            "hold": self.questions.hold,
            "reserve": self.questions.reserve,
            "menu": self._menu,
            "more": lambda: stepper.set_value(stepper.value + 1),
            "less": lambda: stepper.set_value(stepper.value - 1),
            "told": presenter.payment.toggle_told,
            "delivery": presenter.payment.next_delivery,
            "undo": presenter.undo,
            "remove": presenter.remove_marked,
            "clear": presenter.clear,
            "erase": presenter.payment.erase,
            "line_up": lambda: presenter.mark_by(-1),
            "line_down": lambda: presenter.mark_by(1),
            **self.view.keys(),
            "receipt": paper.receipt,
            "articles": presenter.open_articles,
            "reprice": presenter.open_price,
        }
        self._numbered: dict[str, Callable[[int], object]] = {
            "price": self.side.keys.press,
            "drop": self.side.keys.drop,
            "quick": presenter.payment.quick_key,
        }

    @property
    def place_pointed(self) -> str:
        ix = self.view.map.pointed_place
        plan = self.presenter.hall.plan
        return plan.place_ids[ix] if plan is not None and 0 <= ix < len(plan.place_ids) else ""

    def enter(self) -> None:
        self.view.search.clear()
        self.view.map.setFocus()

    def _found(self, _: object) -> None:
        """What was typed has led to something; what is being typed by now is about something else."""
        if self.view.search.text().strip() == self.presenter.anything.sought:
            self._clear_search()

    def _clear_search(self) -> None:
        self.view.search.clear()
        # Also while another program has the keyboard: what is typed next is a key again.
        if self.work.window().focusWidget() is self.view.search:
            self.view.map.setFocus()

    def _turn_panel(self) -> None:
        """What is filled in stands where the basket does, and gives the keyboard back to the map."""
        filled: tuple[QWidget, ...] = (self.extras, self.passing)
        wanted = self.passing if self.passes.mode else self.extras if self.presenter.extras.mode else self.side
        before = self._panel.currentWidget()
        if wanted in filled or before in filled:
            self._panel.show_page(wanted)
            if wanted is self.side and before is not wanted:
                self.view.map.setFocus()

    def act(self, action: str) -> bool:
        if self.presenter.extras.mode and not self.view.search.hasFocus():
            return self.extras.key(action)
        if self.passes.mode and not self.view.search.hasFocus():
            return self.passing.key(action)
        kind, _, value = action.partition(":")
        if self.questions.now is not None:
            return self._answer(action)
        if kind == "digit" and self.presenter.payment.busy_elsewhere:
            self.presenter.payment.split.type_digit(value)
        elif kind == "digit":
            self.presenter.type_digit(value)
        elif kind in self._numbered:
            self._numbered[kind](int(value))
        elif action == "back":
            return self._back()
        elif action in self._plain:
            self._plain[action]()
        else:
            return False
        return True

    def _menu(self) -> None:
        if self.presenter.payment.sale is not None:
            self.presenter.next_customer()
        waiting = len(self.questions.lot.parked)
        self.questions.put(More(bool(self.presenter.lines), waiting, self._press))

    def _tick(self) -> None:
        if self.questions.now is not None:
            self.questions.now.tick()

    def _put_question(self) -> None:
        """A question takes the panel's place, and the keys; the map has them again afterwards."""
        question = self.questions.now
        if question is self.asking.question:
            return
        if question is None:
            self.asking.question = None
            self._panel.show_page(self.side)
            self.view.map.setFocus()
            return
        self.asking.ask(question)
        self._panel.show_page(self.asking)
        (self.asking.field if question.typed else self.view.map).setFocus()

    def _answer(self, action: str) -> bool:
        """What a key means while a question stands; what it does not mean waits until it is answered."""
        question = self.questions.now
        assert question is not None
        kind, _, value = action.partition(":")
        if kind == "digit" and value.isdigit():
            question.digit(int(value))
        elif action == "primary":
            self.asking.enter()
        elif action == "back":
            self.questions.put(None)
        elif action == "find" and question.field:
            self.asking.field.setFocus()
        elif action in ("line_up", "line_down", "up", "down"):
            question.mark(-1 if action in ("line_up", "up") else 1)
        elif action == "park" and isinstance(question, Park):
            self.asking.enter()
        elif action in ("park", "take_up", "options", "move", "hold", "reserve"):
            self._plain[action]()
        elif isinstance(question, More) and action in ("menu", *ACTIONS):
            self.questions.put(None)
            if action != "menu":
                self._plain[action]()
        else:
            return False
        return True

    def _primary(self) -> None:
        # Enter in the search field is about the seat being typed, never about money.
        if self.view.search.hasFocus():
            self.view.submit()
        else:
            self.side.keys.primary()

    def _find(self) -> None:
        self.view.search.setFocus()
        self.view.search.selectAll()

    def _back(self) -> bool:
        if self.view.search.hasFocus() or self.view.search.text():
            self.view.search.clear()
            self.view.map.setFocus()
            return True
        return self.presenter.back()

    def set_tokens(self, tokens: Tokens) -> None:
        self.view.set_tokens(tokens)
        self.side.draw()
