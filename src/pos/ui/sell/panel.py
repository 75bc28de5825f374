"""The side panel of the selling screen: price keys, basket, and payment or change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos.domain.money import total
from pos.ui.approval import RELEASES, ApprovalBox
from pos.ui.bridge import Answer
from pos.ui.foot.presenter import PaperPresenter
from pos.ui.i18n import name_in, tr, tr_count
from pos.ui.keys import cap
from pos.ui.model import ArticleLine, Line, PriceType
from pos.ui.purse import purse_name
from pos.ui.sell.basketview import BasketList, BasketRow
from pos.ui.sell.buyerbox import BuyerBox
from pos.ui.sell.cardbox import CardBox
from pos.ui.sell.cardwords import card_state
from pos.ui.sell.changebox import ChangeBox, ChangeState
from pos.ui.sell.paybox import PayBox, PayState
from pos.ui.sell.presenter import SellPresenter
from pos.ui.sell.pricepad import PriceKey, PricePad
from pos.ui.sell.sellkeys import SellKeys
from pos.ui.sell.splitbox import SplitBox
from pos.ui.sell.terms import refund_now

_SOON_S = 60.0  # the countdown of the basket turns to a warning


class SellPanel(QWidget):
    """Redraws from the presenter; every press goes back to it."""

    def __init__(self, presenter: SellPresenter, paper: PaperPresenter) -> None:
        super().__init__()
        self.presenter, self.paper = presenter, paper
        self.parked: Callable[[], int] = lambda: 0  # how many baskets wait
        self.keys = SellKeys(presenter)
        self.prices, self.basket = PricePad(), BasketList()
        self.pay, self.card, self.change = PayBox(), CardBox(), ChangeBox()
        self.split = SplitBox(presenter.payment.split)
        self.release = ApprovalBox(presenter.session, roles=RELEASES)
        self.buyer = BuyerBox()
        presenter.told = self._told
        self._whose, self._expires = QLabel(), QLabel()
        self._whose.setTextFormat(Qt.TextFormat.RichText)
        self._expires.setProperty("role", "small")
        self._empty = QLabel()
        self._empty.setProperty("role", "muted")
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._lists = QStackedWidget()
        self._lists.addWidget(self._empty)
        self._lists.addWidget(self.basket)
        self._lay_out()
        self.prices.pressed.connect(self.keys.press)
        self.basket.marked.connect(presenter.mark)
        self.basket.removed.connect(presenter.remove)
        self.basket.seen.connect(self.keys.seen)
        self.pay.told.connect(presenter.payment.toggle_told)
        self.pay.quick.connect(presenter.payment.quick_key)
        self.pay.pay.connect(self.keys.primary)
        self.pay.card.connect(self.keys.card)
        self.pay.split.connect(self.keys.split)
        self.card.main.connect(self.keys.primary)
        self.card.first.connect(self.keys.card)
        self.card.second.connect(self.keys.split)
        self.card.stop.connect(presenter.payment.card.stop)
        self.split.main.connect(self.keys.primary)
        self.split.second.connect(self.keys.split)
        self.split.stop.connect(presenter.back)
        self.split.key.connect(self.keys.press)
        self.change.next_customer.connect(self.keys.primary)
        self.change.receipt.connect(paper.receipt)
        self.change.print_again.connect(paper.print_again)
        presenter.changed.connect(self.draw)
        # Which category is marked follows what is left in the hall.
        for signal in (presenter.hall.opened, presenter.hall.areas_changed, presenter.session.linked):
            signal.connect(self._draw_prices)
        presenter.session.buyer_changed.connect(self._draw_prices)
        paper.changed.connect(self.draw_foot)
        presenter.session.ticked.connect(self._draw_expiry)
        self.draw()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self._whose, 1)
        head.addWidget(self._expires)
        box.addLayout(head)
        box.addWidget(self.prices)
        box.addWidget(self._lists, 1)
        # One of the four is in sight; the tickets above get whatever room it leaves.
        box.addWidget(self.release)
        box.addWidget(self.buyer)
        box.addWidget(self.pay)
        box.addWidget(self.split)
        box.addWidget(self.card)
        box.addWidget(self.change)

    # ---- drawing -----------------------------------------------------------------------

    def draw(self) -> None:
        self._draw_prices()
        self._draw_basket()
        self.draw_foot()
        self._draw_expiry()

    def _draw_prices(self) -> None:
        presenter, formats = self.presenter, self.presenter.session.formats
        show, category = presenter.priced
        line = presenter.marked_line
        muted = self.palette().placeholderText().color().name()
        what = tr("types the marked ticket") if line else tr("for the next tickets")
        buyer = presenter.session.buyer
        what = tr("for {name}", name=escape(buyer["title"])) if buyer else what
        ways = {"pickup": tr("pick-up"), "email": tr("by e-mail"), "post": tr("by post")}
        if way := ways.get(presenter.payment.delivery, ""):
            what = f"<b>{way}</b>"
        self._whose.setText(
            f'<b>{category}</b> <span style="color:{muted}; font-size:13px">· {what}</span>' if show else ""
        )
        prices = show.prices.get(category, {}) if show else {}
        chosen = line.price_type if line else presenter.next_type
        self.prices.show_keys(
            [
                PriceKey(
                    number,
                    self._type_name(kind),
                    formats.amount(prices[kind.id]) if kind.id in prices else "",
                    kind.id == chosen,
                )
                for number, kind in enumerate(presenter.types, 1)
            ]
        )

    def _type_name(self, kind: PriceType | None) -> str:
        return name_in(kind.names, self.presenter.session.language, kind.name) if kind else ""

    def _draw_basket(self) -> None:
        presenter = self.presenter
        if presenter.payment.sale is not None:
            # What was sold stays in sight until the next customer, with nothing to press.
            sold = [self._row(line) for line in presenter.payment.sold]
            sold += [self._article(article) for article in presenter.payment.articles]
            sold = [replace(row, line=None, marked=False) for row in sold]
            self.basket.show_rows(sold)
            self._lists.setCurrentWidget(self.basket)
            return
        rows = self._rows()
        if presenter.payment.card.phase:
            # What a card pays for stays as it is.
            rows = [replace(row, line=None, marked=False) for row in rows]
        rows += [BasketRow(None, label, tr("asking the office…"), "") for label in presenter.pending]
        self.basket.show_rows(rows)
        self._lists.setCurrentWidget(self.basket if rows else self._empty)
        self._empty.setText(self._hint())

    def _rows(self) -> list[BasketRow]:
        """The basket's tickets; of several shows each show's under its name, with what they come to."""
        rows: list[BasketRow] = []
        lines, formats = self.presenter.lines, self.presenter.session.formats
        several = len({line.show for line in lines}) > 1
        for at, line in enumerate(lines):
            if several and (at == 0 or lines[at - 1].show != line.show):
                mine = [other.price for other in lines if other.show == line.show]
                show = self.presenter.details.get(line.show)
                when = formats.day_and_time(show.starts, self.presenter.session.now) if show else ""
                amount = formats.amount(total(mine, line.price.currency))
                rows.append(BasketRow(None, self._title(line), when, amount, head=True))
            rows.append(self._row(line))
        return rows + [self._article(article) for article in self.presenter.articles]

    def _title(self, line: Line) -> str:
        show = self.presenter.details.get(line.show)
        return name_in(show.titles, self.presenter.session.language, line.title) if show else line.title

    def _hint(self) -> str:
        card = self.presenter.session.show
        if card is not None and not card.sells:
            return tr("This show does not sell now.")
        return tr(
            "Pick seats on the map, press {best} for the best together, or {find} and type a seat.",
            best=cap("best"),
            find=cap("find"),
        )

    def _row(self, line: Line) -> BasketRow:
        presenter = self.presenter
        show = presenter.details.get(line.show)
        kind = show.type(line.price_type) if show else None
        title = self._title(line)
        detail = " · ".join(filter(None, (title, self._type_name(kind) or line.price_type)))
        if line.proof and kind is not None and kind.proof:
            detail = tr("{what}, {proof} seen", what=detail, proof=kind.proof)
        detail = " · ".join([*self._why(line), detail])
        question = answer = key = ""
        if presenter.asking_proof is not None and presenter.asking_proof[0] == line.line and show is not None:
            wanted = show.type(presenter.asking_proof[1])
            if wanted is not None:
                question = tr("{proof} seen?", proof=wanted.proof)
                answer, key = tr("Seen"), f"F{show.types.index(wanted) + 1}"
        price = presenter.session.formats.amount(line.price)
        return BasketRow(line.line, line.label, detail, price, line.line == presenter.marked, question, answer, key)

    def _why(self, line: Line) -> list[str]:
        """Why a ticket costs what it costs; before all else on its line, for that is what is looked for."""
        amount = self.presenter.session.formats.amount
        found = [f"{name or tr('free in the group')} −{amount(off)}" for name, off in line.promotions]
        if line.set_by_hand and line.was is not None:
            found.append("▲ " + tr("price set, was {was}", was=amount(line.was)))
        if line.package:
            found.append(tr("pass {code}", code=line.package))
        if line.comp:
            found.append(tr("complimentary"))
        if line.companion:
            found.append(tr("with its partner"))
        return found

    def _article(self, article: ArticleLine) -> BasketRow:
        amount = self.presenter.session.formats.amount
        detail = tr("donation") if article.donation else tr("article")
        detail = tr("pass {code}", code=article.product) if article.package else detail
        if article.count > 1:
            detail = f"{article.count} × {amount(article.price)} · {detail}"
        return BasketRow(article.line, article.name, detail, amount(article.amount))

    def draw_foot(self) -> None:
        payment = self.presenter.payment
        sold, card = payment.sale is not None, payment.card.phase != ""
        # With change or a card's money on screen no key has a price to set, and the room shows what is sold.
        split = payment.split.open and not (sold or card)
        self.prices.setVisible(not (sold or card or split))
        self._whose.setVisible(not (sold or card or split))
        self.pay.setVisible(not (sold or card or split))
        if not split:
            self.split.field.clearFocus()
        self.split.setVisible(split)
        asked = "" if sold or card else payment.asks
        fresh = bool(asked) and self.release.isHidden()
        self.release.ask(asked)
        if fresh:
            self.release.pin.setFocus()
        self.buyer.ask("" if sold or card else payment.asks_who)
        self.card.setVisible(card and not sold)
        self.change.setVisible(sold)
        if sold:
            self.change.show_state(self._change_state())
        elif card:
            self.card.show_state(card_state(self.presenter))
        elif split:
            self.split.draw()
        else:
            self.pay.show_state(self._pay_state())

    def _pay_state(self) -> PayState:
        payment, formats = self.presenter.payment, self.presenter.session.formats
        due, total, given = payment.due, payment.total, payment.given_amount
        change = given - due if given is not None and given > due else None
        return PayState(
            fees=self._fees(),
            terms=self._terms(),
            told=payment.told,
            total=formats.money(total),
            rounding=tr("in cash {amount}", amount=formats.money(due)) if due != total else "",
            given=payment.given,
            change=formats.amount(change) if change is not None else "",
            quick=[formats.plain(amount) for amount in payment.quick] if payment.open else [],
            warning=payment.problem or payment.warning,
            ready=self.presenter.basket is not None and not self.presenter.basket.empty,
            paying=payment.paying,
            action=tr("Cash") if payment.due or not payment.purse_amounts else tr("Pay"),
            terminal=payment.card.present,
            parked=self._parked_words(),
        )

    def _parked_words(self) -> str:
        if self.presenter.lines:
            return ""
        parked = self.parked()
        return tr("Parked: {n}", n=parked) if parked else tr("Parked")

    def _fees(self) -> list[tuple[str, str]]:
        presenter, formats = self.presenter, self.presenter.session.formats
        if presenter.basket is None:
            return []
        show, _ = presenter.priced
        purses = [
            (f"{purse_name(purse.kind)} {purse.code}", formats.amount(-amount))
            for purse, amount in presenter.payment.purse_amounts
        ]
        if deposit := presenter.basket.deposit:
            purses.append((tr("Deposit"), formats.amount(-deposit)))
        return purses + [
            (
                name_in(show.fees.get(fee.id) if show else None, presenter.session.language, fee.name)
                + (f" × {fee.count}" if fee.count > 1 else ""),
                formats.amount(fee.amount),
            )
            for fee in presenter.basket.fees
        ]

    def _terms(self) -> str:
        line = self.presenter.marked_line
        show = self.presenter.details.get(line.show) if line else None
        return refund_now(self.presenter.session, show, line.price_type) if show and line else ""

    def _change_state(self) -> ChangeState:
        presenter, formats = self.presenter, self.presenter.session.formats
        sale = presenter.payment.sale
        assert sale is not None
        level, words = self.paper.fate(sale)
        given = sale.given if sale.given is not None else sale.total + sale.rounding
        handed = tr("Given {amount}", amount=formats.money(given)) + " · " + tr("drawer open")
        if with_ := presenter.payment.paid_with:
            handed = with_ if sale.given is None else f"{with_} · {handed}"
        return ChangeState(
            paid=formats.money(sale.total + sale.rounding),
            tickets=tr_count("%n ticket", "%n tickets", len(sale.tickets)),
            printed=words,
            printed_level=level,
            given=handed,
            change=formats.money(sale.change),
            again=level == "warning" and any(job.sale == sale.id and job.state == "failed" for job in self.paper.jobs),
        )

    def _told(self) -> Answer | None:
        """What was typed that a sale was refused for."""
        if self.presenter.payment.asks_who:
            buyer = self.buyer.buyer
            return {"buyer": buyer} if buyer is not None else None
        checker = self.release.approver
        return {"checker": checker} if checker is not None else None

    def owner_note(self) -> str:
        """Whose basket this is, when someone else had begun it before the window was locked."""
        basket, session = self.presenter.basket, self.presenter.session
        if basket is None or basket.empty or session.person is None or basket.owner == session.person.user:
            return ""
        return tr("basket of {name}", name=session.names.get(basket.owner, basket.owner))

    def _draw_expiry(self) -> None:
        pinned = self.presenter.payment.card.phase != ""  # the time stands still
        left = None if pinned else self.presenter.expires_in(self.presenter.session.now)
        parts = [self.owner_note()]
        if left is not None:
            text = tr("{time} left", time=self.presenter.session.formats.countdown(left))
            parts.append(f"▲ {text}" if left < _SOON_S else text)
        self._expires.setText(" · ".join(filter(None, parts)))
