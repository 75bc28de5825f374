"""The side panel while something is about to be done with tickets: lines and sums before any PIN."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pos.domain.money import Money
from pos.ui.approval import ApprovalBox
from pos.ui.found.deal import WRITTEN, reasons
from pos.ui.found.presenter import FoundPresenter
from pos.ui.i18n import tr, tr_count
from pos.ui.keys import cap
from pos.ui.parts import Problem, SumLines, foot, touch
from pos.ui.theme import tokens as t
from pos.ui.theme.fitted import PromptField
from pos.ui.theme.fonts import text_font
from pos.ui.theme.widgets import KeyButton

_PAPER_KEY, _FEE_KEY, _FETCH_KEY = 5, 6, 7


class DealPanel(QWidget):
    """F1–F4 pick a reason, F5 says that the paper is back, F6 keeps no fee, F7 fetches from the safe what the drawer
    lacked; Enter does it, Esc leaves it."""

    def __init__(self, presenter: FoundPresenter) -> None:
        super().__init__()
        self.presenter, self.deal = presenter, presenter.deal
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        self._title = QLabel()
        self._title.setFont(text_font(t.TITLE))
        box.addWidget(self._title)
        self._lines = SumLines()
        box.addWidget(self._lines, 1)
        box.addLayout(self._build_reasons())
        self.reason, self.slip = PromptField(), PromptField()
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setPlaceholderText(tr("Reason ( {key} )", key=cap("find")))
        self.reason.textEdited.connect(self.deal.type_reason)
        self.slip.setPlaceholderText(tr("Number of the card slip"))
        self.slip.setAccessibleName(tr("Number of the card slip"))
        self.slip.textEdited.connect(self.deal.type_slip)
        self.proof = PromptField()
        self.proof.setPlaceholderText(tr("Buyer's name, or last 4 of a document"))
        self.proof.setAccessibleName(tr("Buyer's name, or last 4 of a document"))
        self.proof.textEdited.connect(self.deal.type_proof)
        box.addWidget(self.reason)
        box.addWidget(self.proof)
        box.addWidget(self.slip)
        box.addLayout(self._build_switches())
        self.approval = ApprovalBox(presenter.session)
        box.addWidget(self.approval)
        self._problem = Problem()
        box.addWidget(self._problem)
        self._fetch = touch(KeyButton("", f"F{_FETCH_KEY}", kind="outline"), self.fetch)
        box.addWidget(self._fetch)
        box.addLayout(self._build_end())

    # ---- building ------------------------------------------------------------------------

    def _build_reasons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(6)
        self._reasons: list[KeyButton] = []
        for at in range(4):
            button = touch(KeyButton("", f"F{at + 1}"), partial(self.deal.choose_reason, at + 1))
            grid.addWidget(button, at // 2, at % 2)
            self._reasons.append(button)
        return grid

    def _build_switches(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self._paper = KeyButton(tr("Paper back"), f"F{_PAPER_KEY}")
        self._fee = KeyButton(tr("Keep no fee"), f"F{_FEE_KEY}")
        for button, act in ((self._paper, self.deal.toggle_paper), (self._fee, self.deal.toggle_fee)):
            button.setCheckable(True)
            row.addWidget(touch(button, act), 1)
        return row

    def _build_end(self) -> QHBoxLayout:
        self._back = touch(KeyButton(tr("Leave it"), cap("back"), kind="outline", stacked=True), self.deal.close, 60)
        self._main = touch(KeyButton("", cap("primary"), kind="primary", stacked=True), self.act, 60)
        return foot(self._back, self._main)

    # ---- drawing -------------------------------------------------------------------------

    def draw(self) -> None:
        deal, formats = self.deal, self.presenter.session.formats
        titles = {"refund": tr("Refund"), "void": tr("Void the sale"), "reprint": tr("Print again")}
        titles |= {"correct": tr("Correct the tender"), "rename": tr("Another name")}
        count = len(deal.tickets)
        goods = any(row.article for row in deal.tickets)
        what = tr_count("%n item", "%n items", count) if goods else tr_count("%n ticket", "%n tickets", count)
        self._title.setText(f"{titles.get(deal.kind, '')} · {what}")
        self._draw_lines()
        told = deal.told
        lead = self._way() if told is not None else ""
        if deal.kind == "correct":
            lead = tr("Cash that was a card: write its slip. A slip that was cash: leave it empty.")
        self._lines.sum.tell(lead, formats.money(told.amount) if told is not None else "")
        self._lines.sum.amount.setVisible(deal.kind not in WRITTEN)
        offered = reasons(deal.kind)
        for at, button in enumerate(self._reasons):
            button.set_label(offered[at] if at < len(offered) else "")
            button.setVisible(at < len(offered) and deal.kind != "void" and deal.lacking is None)
        named = tr("New name; last 4 of a document behind a comma")
        self.slip.setPlaceholderText(named if deal.kind == "rename" else tr("Number of the card slip"))
        self.slip.setAccessibleName(self.slip.placeholderText())
        for field, text in ((self.reason, deal.reason), (self.slip, deal.slip), (self.proof, deal.proof)):
            if field.text() != text:
                field.setText(text)
        self.slip.setVisible(deal.asks_slip)
        self.proof.setVisible(deal.asks_proof)
        self._paper.setVisible(deal.kind not in WRITTEN)
        self._paper.setChecked(deal.paper)
        self._paper.set_label(("✓ " if deal.paper else "") + tr("Paper back"))
        self._fee.setVisible(deal.kind == "refund")
        self._fee.setChecked(deal.waived)
        self._fee.set_label(("✓ " if deal.waived else "") + tr("Keep no fee"))
        asked = deal.asks or deal.beside
        self.approval.ask(asked)
        problem = deal.problem if deal.problem != asked else ""
        self._fetch.setVisible(deal.lacking is not None)
        if deal.lacking is not None:
            self._fetch.set_label(tr("Fetch {amount} from the safe", amount=formats.money(deal.lacking)))
        keys = tr("F11: the money went back. F12: it did not.") if deal.unknown else ""
        self._problem.tell(" ".join(filter(None, (problem, keys))))
        self._draw_end()

    def _draw_end(self) -> None:
        deal = self.deal
        if deal.unknown:
            self._main.set_label(tr("Ask the terminal"))
        else:
            words = {"refund": tr("Pay out"), "void": tr("Void it"), "reprint": tr("Print a copy")}
            words |= {"correct": tr("Correct it"), "rename": tr("Print with the new name")}
            self._main.set_label(tr("Working …") if deal.busy else words.get(deal.kind, ""))
        self._main.setEnabled(deal.ready)
        self._back.setEnabled(not deal.busy)

    def _draw_lines(self) -> None:
        deal, formats = self.deal, self.presenter.session.formats
        rows: list[tuple[str, str]] = []
        for ticket in deal.tickets:
            told = deal.told
            label = told.labels.get(ticket.id, "") if told is not None else ""
            rows.append((label or self.presenter.place(ticket), formats.amount(ticket.price)))
            fee = told.fees.get(ticket.id) if told is not None and deal.kind == "refund" else None
            if fee is not None and fee.minor and not deal.waived:
                rows.append((tr("  fee kept"), formats.amount(-fee)))
        if deal.told is not None:
            mine = {ticket.id for ticket in deal.tickets}
            for other in deal.told.labels.keys() - mine:
                rows.append(
                    (tr("with it: {place}", place=deal.told.labels[other]), formats.amount(deal.told.prices[other]))
                )
        if deal.kind == "void" and deal.told is not None:
            rest = deal.told.amount - sum((one.price for one in deal.tickets), Money.zero(deal.told.amount.currency))
            if rest.minor:
                rows.append((tr("fees and the rest"), formats.amount(rest)))
        self._lines.show_lines(rows)

    def _way(self) -> str:
        told = self.deal.told
        assert told is not None
        if told.short is not None and self.deal.kind == "refund" and self.deal.lacking is None:
            held = self.presenter.session.formats.money(told.short)
            return "▲ " + tr("The drawer holds {held}: the rest has to come from the safe.", held=held)
        return tr("Goes back: {parts}", parts=", ".join(self.deal.way(*tender) for tender in told.tenders))

    # ---- keys ----------------------------------------------------------------------------

    def act(self) -> None:
        self.deal.act(self.approval.approver)
        if self.deal.problem and self.deal.asks and not self.approval.pin.text():
            self.approval.pin.setFocus()
        elif self.deal.problem and not self.deal.reason.strip() and self.deal.kind != "void":
            self.reason.setFocus()

    def fetch(self) -> None:
        self.deal.fetch(self.approval.approver)
        if self.deal.beside and not self.approval.pin.text():
            self.approval.pin.setFocus()

    def key(self, action: str) -> bool:
        """What a key of the table does here."""
        kind, _, value = action.partition(":")
        if action == "primary":
            self.act()
        elif action == "back":
            self.deal.close()
        elif action == "find":
            self.reason.setFocus()
        elif kind == "price" and int(value) == _PAPER_KEY:
            self.deal.toggle_paper()
        elif kind == "price" and int(value) == _FEE_KEY:
            self.deal.toggle_fee()
        elif kind == "price" and int(value) == _FETCH_KEY:
            self.fetch()
        elif kind == "price":
            self.deal.choose_reason(int(value))
        elif action in ("card", "split") and self.deal.unknown:
            self.deal.settle("approved" if action == "card" else "declined")
        else:
            return False
        return True
