"""What an office that was restored has lost, told again by the tills: places under tokens that it gave and forgot.

The laws, which hold only until a person has ended the restore (`rules.recovery`):

* Only an office makes tokens, and a till takes none but from its own. So a fact under a token that is higher than the
  office's record proves that this office gave it to that till, after the backup: the record moves on to it.
* What it leaves behind is an account without a receiver (`past`): below it nothing is missing, above it something is.
  A ticket that is live there and that the fact does not begin with has ended, by a fact that is still to come: void
  until then. Else two tills that have each sold what the other had refunded could never be heard, neither being first.
* A fact under a token between such an account and the record is of another till, whose turn was before: it opens the
  account of its own, and books as history. Elsewhere a token without an account is a dispute, as ever.
"""

from __future__ import annotations

from pos.domain.rights import Effect, OfficeState
from sync.office.rules.history import Author, Outcome
from sync.office.rules.past import UNKNOWN, Account, Past
from sync.office.rules.places import Place

_NAMES_TICKET = (OfficeState.SOLD, OfficeState.HELD, OfficeState.PAPER)


def make_room(author: Author, effect: Effect, place: Place, past: Past, now: int) -> str:
    """Before the effect is applied: what the office would have known of its token. The ticket that has ended, or ""."""
    if effect.token > place.token:
        return remember(author, effect, place, past, now)
    if effect.token < place.token and effect.token not in past and _in_gap(effect, past):
        ticket = effect.ticket if effect.before in _NAMES_TICKET else ""
        past[effect.token] = Account(
            effect.show, effect.place, effect.token, author.hand, UNKNOWN, effect.before, ticket
        )  # fmt: skip
    return ""


def remember(author: Author, effect: Effect, place: Place, past: Past, now: int) -> str:
    """The place is with the author, under the token and in the state that the effect begins from. The ticket that has
    ended there meanwhile, or ""."""
    ticket = effect.ticket if effect.before in _NAMES_TICKET else ""
    if effect.before in _NAMES_TICKET and place.state in (effect.before, OfficeState.QUARANTINE):
        ticket = ticket or place.ticket
    ended = place.ticket if place.state is not OfficeState.HELD and place.ticket != ticket else ""
    past[place.token] = Account.of(place, UNKNOWN)
    place.epoch, place.hop = effect.token
    state = effect.before
    if state is OfficeState.LEASED and not author.active:
        state = OfficeState.QUARANTINE
    place.set(state, author.hand.till, author.hand.incarnation, now, ticket)
    return ended


def _in_gap(effect: Effect, past: Past) -> bool:
    return any(token < effect.token and account.receiver == UNKNOWN for token, account in past.items())


def returned(author: Author, effect: Effect, past: Past) -> bool:
    """Whether the effect gives a right of the past back to the office, from which another till had it next."""
    account = past.get(effect.token)
    if account is None or effect.holder or account.holder != author.hand or account.given:
        return False
    idle = account.state is OfficeState.QUARANTINE and effect.before is OfficeState.LEASED
    if account.receiver != UNKNOWN or (account.state is not effect.before and not idle):
        return False
    account.given = account.taken = account.changed = True
    return True


def settled(effect: Effect, place: Place, past: Past, outcome: Outcome) -> Outcome:
    """A sale that is told after what was done with its ticket elsewhere is that of the ticket that is live.

    Whoever gave back a right to refund did not say of which ticket: the last that was sold under an earlier token.
    """
    if not outcome.history:
        return outcome
    if effect.before is OfficeState.SOLD and effect.after is OfficeState.LEASED:
        _forget(effect, place, past)
    elif effect.after is place.state is OfficeState.SOLD and effect.ticket and _is_live(effect, place.ticket, past):
        ended = place.ticket if place.ticket != effect.ticket else ""
        place.ticket = effect.ticket
        return Outcome("applied", ended=ended)
    return outcome


def _forget(effect: Effect, place: Place, past: Past) -> None:
    """A ticket that ended under an earlier token was not there any more, though it was taken to be."""
    for token, account in past.items():
        if token > effect.token and account.ticket == effect.ticket:
            account.ticket, account.changed = "", True
    if place.state is OfficeState.SOLD and place.ticket == effect.ticket:
        place.ticket = ""


def _is_live(effect: Effect, known: str, past: Past) -> bool:
    """Whether nothing that is known above its token says that the effect's ticket has ended. `known` is the place's.

    One that was sold under an earlier token already was only taken to be there still.
    """
    below = (account.ticket for token, account in past.items() if token < effect.token)
    same = {"", effect.ticket, *below}
    above = (account for token, account in past.items() if token > effect.token)
    return known in same and all(account.state is OfficeState.SOLD and account.ticket in same for account in above)
