"""The words of a payment at the terminal: what goes on, what to do, who may say what."""

from __future__ import annotations

from pos.domain.money import total
from pos.ui.i18n import tr
from pos.ui.sell.card import Waiting
from pos.ui.sell.cardbox import CardState
from pos.ui.sell.presenter import SellPresenter


def card_state(presenter: SellPresenter) -> CardState:
    """The card box as text."""
    card = presenter.payment.card
    if card.phase == "charging":
        return _charging(presenter)
    if card.unknown is not None:
        return _unknown(presenter, card.unknown)
    return _loose(presenter)


def _charging(presenter: SellPresenter) -> CardState:
    card = presenter.payment.card
    amount = card.charging or presenter.session.zero()
    note = card.words
    if card.stopping:
        note = tr("The terminal was asked to stop. Until it answers, the card may still be charged.")
    return CardState(
        title=tr("Card"),
        amount=presenter.session.formats.money(amount),
        lead=card.shown or tr("Reaching the terminal…"),
        note=note,
        level="warning" if card.stopping else "muted",
        main="",
        stop=tr("Stopping…") if card.stopping else tr("Cancel"),
        enabled=not card.stopping,
    )


def _unknown(presenter: SellPresenter, waiting: Waiting) -> CardState:
    card, back = presenter.payment.card, waiting.amount.minor < 0
    if card.armed is not None:
        words = {
            "approved": tr("Press again: it was given back.") if back else tr("Press again: the card was charged."),
            "declined": tr("Press again: it was not given back.") if back else tr("Press again: it was not charged."),
        }
        lead = words[card.armed]
        note = tr("Your word counts from here on, and is kept with your name. Esc takes it back.")
    else:
        lead = tr("Nobody knows whether it was given back.") if back else tr("Nobody knows whether it was charged.")
        note = tr(
            "Look at the terminal and at its slip. See that it is connected, and ask it again. Only if it cannot "
            "tell, say yourself what the slip shows. Until then nothing else can be paid."
        )
    return CardState(
        title=tr("Refund to card") if back else tr("Card"),
        amount=presenter.session.formats.money(-waiting.amount if back else waiting.amount),
        lead=lead,
        note=note,
        level="warning",
        main=tr("Asking the terminal…") if card.busy else tr("Ask the terminal again"),
        first=tr("It was given back") if back else tr("It was charged"),
        second=tr("It was not"),
        enabled=not card.busy,
    )


def _where(waiting: Waiting) -> str:
    """Where a payment belongs of which nothing is known on this screen, and of what it was: somebody else may have
    begun it."""
    if waiting.purpose == "refund":
        text = tr("It was for a refund. Finish that where it was begun.")
    elif waiting.purpose == "exchange":
        text = tr("It was for an exchange. Finish that where it was begun.")
    elif waiting.purpose == "deposit":
        # Reserving at the window takes a deposit in cash only: by card it was begun somewhere else.
        text = tr("It was for the deposit of a reservation. Finish that where it was begun, or give it back.")
    elif waiting.purpose == "void":
        text = tr("It was for a sale that is undone. Finish that where it was begun.")
    else:
        text = tr("It was for a sale. Finish that where it was begun.")
    return f"{text}\n{waiting.subject.replace(',', ', ')}" if waiting.subject else text


def _loose(presenter: SellPresenter) -> CardState:
    payment, formats = presenter.payment, presenter.session.formats
    waiting, mine = payment.card.waiting, payment.card.loose
    taken = total(mine, payment.total.currency) if mine else waiting[0].amount
    rest = payment.owed - taken
    if not mine or not presenter.lines:
        return CardState(
            title=tr("Card"),
            amount=formats.money(taken),
            lead=tr("Money was moved by card for something that is not finished."),
            note=_where(waiting[0]),
            level="warning",
            main="",
            second=tr("Give it back") if taken.minor > 0 else "",
            enabled=not payment.card.busy,
        )
    return CardState(
        title=tr("Card"),
        amount=formats.money(taken),
        lead=tr("The card has paid for this basket."),
        note=tr("{amount} is still to be paid in cash.", amount=formats.money(rest)) if rest else "",
        level="warning",
        main=tr("Paying…") if payment.paying else tr("Finish the sale"),
        second=tr("Give it back"),
        enabled=not (payment.card.busy or payment.paying),
    )
