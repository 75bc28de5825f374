"""What an office that was restored has lost, told again by the tills: places under tokens that it gave and forgot.

The laws, which hold only until a person has ended the restore (`rules.recovery`):

* Only an office makes tokens, and a till takes none but from its own. So a fact under a token that is higher than the
  office's record proves that this office gave it to that till, after the backup: the record moves on to it.
* What it leaves behind is an account without a receiver (`past`): below it nothing is missing, above it something is.
* A fact under a token between such an account and the record is of another till, whose turn was before: it opens the
  account of its own, and books as history. Elsewhere a token without an account is a dispute, as ever.
"""

from __future__ import annotations

from pos.domain.rights import Effect, OfficeState
from sync.office.rules.history import Author, Outcome
from sync.office.rules.past import UNKNOWN, Account, Past
from sync.office.rules.places import Place

_NAMES_TICKET = (OfficeState.SOLD, OfficeState.HELD, OfficeState.PAPER)


def make_room(author: Author, effect: Effect, place: Place, past: Past, now: int) -> None:
    """Before the effect is applied: what the office would have known of its token."""
    if effect.token > place.token:
        remember(author, effect, place, past, now)
    elif effect.token < place.token and effect.token not in past and _in_gap(effect, past):
        ticket = effect.ticket if effect.before in _NAMES_TICKET else ""
        past[effect.token] = Account(
            effect.show, effect.place, effect.token, author.hand, UNKNOWN, effect.before, ticket
        )  # fmt: skip


def remember(author: Author, effect: Effect, place: Place, past: Past, now: int) -> None:
    """The place is with the author, under the token and in the state that the effect begins from."""
    ticket = effect.ticket if effect.before in _NAMES_TICKET else ""
    if effect.before in _NAMES_TICKET and place.state is effect.before:
        ticket = ticket or place.ticket
    past[place.token] = Account.of(place, UNKNOWN)
    place.epoch, place.hop = effect.token
    state = effect.before
    if state is OfficeState.LEASED and not author.active:
        state = OfficeState.QUARANTINE
    place.set(state, author.hand.till, author.hand.incarnation, now, ticket)


def _in_gap(effect: Effect, past: Past) -> bool:
    return any(token < effect.token and account.receiver == UNKNOWN for token, account in past.items())


def returned(author: Author, effect: Effect, past: Past) -> bool:
    """Whether the effect gives a right of the past back to the office, from which another till had it next."""
    account = past.get(effect.token)
    if account is None or effect.holder or account.holder != author.hand or account.given:
        return False
    if account.receiver != UNKNOWN or account.state is not effect.before:
        return False
    account.given = account.taken = account.changed = True
    return True


def settled(effect: Effect, place: Place, outcome: Outcome) -> Outcome:
    """A sale that is told after what was done with its ticket elsewhere is that of the ticket that is live.

    Whoever gave back a right to refund did not say of which ticket: the last that was sold under an earlier token.
    """
    if not outcome.history or place.state is not OfficeState.SOLD:
        return outcome
    if effect.after is OfficeState.SOLD and effect.ticket and place.ticket in ("", effect.ticket):
        place.ticket = effect.ticket
        return Outcome("applied")
    if effect.before is OfficeState.SOLD and effect.after is OfficeState.LEASED and place.ticket == effect.ticket:
        place.ticket = ""
    return outcome
