"""What people come for in the last quarter of an hour, each as its cashier does it, by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.rush.clerk import ALT, CTRL, Clerk, Errand, Key

_TRIES = 3
# The screen of found tickets and the sign-in screen answer to these.
_REFUND, _EXCHANGE, _REASON, _PAPER = Key.Key_F5, Key.Key_F6, Key.Key_F1, Key.Key_F5


def _best(clerk: Clerk, count: int) -> Errand:
    """The best seats together, in the basket or not at all: another window may have just taken one of them, and then
    the window tries the next best by itself, once; where none are together, they go away."""
    if clerk.sell.count != count:
        clerk.type(str(count))
    for _ in range(_TRIES):
        refused = clerk.refused()
        clerk.press(Key.Key_B)
        yield "pick", lambda refused=refused: clerk.has(count)() or clerk.asked or clerk.refused() > refused + 1
        if clerk.asked:
            clerk.press(Key.Key_Escape)
            return
        if clerk.has(count)():
            return


def cash(count: int = 2, *, note: bool = False) -> Callable[[Clerk], Errand]:
    """The best seats together, paid to the cent or with a banknote."""

    def errand(clerk: Clerk) -> Errand:
        yield from _best(clerk, count)
        if not clerk.sell.lines:
            return
        if note:
            clerk.press(Key.Key_1, modifier=ALT)
        else:
            clerk.press(Key.Key_Return)
        yield "pay", clerk.sold
        clerk.press(Key.Key_Return)

    return errand


def card(clerk: Clerk) -> Errand:
    yield from _best(clerk, 2)
    if not clerk.sell.lines:
        return
    clerk.press(Key.Key_F11)
    yield "terminal", clerk.sold
    clerk.press(Key.Key_Return)


def student(clerk: Clerk) -> Errand:
    """One seat at a price that wants a proof."""
    yield from _best(clerk, 1)
    if not clerk.sell.lines:
        return
    key = Key(Key.Key_F1 + [kind.id for kind in clerk.sell.types].index("student"))
    clerk.press(key, key)
    yield "price", lambda: clerk.sell.lines[0].price_type == "student"
    clerk.press(Key.Key_Return)
    yield "pay", clerk.sold
    clerk.press(Key.Key_Return)


def standing(clerk: Clerk) -> Errand:
    clerk.press(Key.Key_Slash)
    clerk.type("Foyer")
    refused = clerk.refused()
    clerk.press(Key.Key_Return)
    yield "pick", lambda: clerk.has(1)() or clerk.refused() > refused
    if not clerk.sell.lines:
        clerk.press(Key.Key_Escape, Key.Key_Escape)
        return
    clerk.press(Key.Key_Return)
    yield "pay", clerk.sold
    clerk.press(Key.Key_Return)


def pickup(name: str) -> Callable[[Clerk], Errand]:
    """Somebody who says a name."""

    def waits(clerk: Clerk) -> bool:
        return any(row.name == name for row in clerk.sell.pickups.rows)

    def errand(clerk: Clerk) -> Errand:
        refused = clerk.refused()
        clerk.press(Key.Key_Slash)
        clerk.type(name)
        clerk.press(Key.Key_Return)
        yield "hand out", lambda: not waits(clerk) or clerk.refused() > refused
        if waits(clerk):
            clerk.press(Key.Key_Escape)  # its right is at a window that cannot be asked: they go there

    return errand


def question(code: str) -> Callable[[Clerk], Errand]:
    """Is this ticket good, and for when?"""

    def errand(clerk: Clerk) -> Errand:
        clerk.press(Key.Key_Slash)
        clerk.type(code)
        clerk.press(Key.Key_Return)
        yield "find", lambda: clerk.screen == "found"
        clerk.press(Key.Key_Escape)

    return errand


def _found(clerk: Clerk, code: str) -> Errand:
    clerk.press(Key.Key_Slash)
    clerk.type(code)
    clerk.press(Key.Key_Return)
    yield "find", lambda: clerk.screen == "found" and any(row.code == code for row in clerk.window.found.rows)


def refund(code: str) -> Callable[[Clerk], Errand]:
    def errand(clerk: Clerk) -> Errand:
        yield from _found(clerk, code)
        clerk.press(_REFUND)
        deal = clerk.window.found.deal
        yield "quote", lambda: deal.told is not None
        clerk.press(_REASON, _PAPER, Key.Key_Return)
        yield "refund", lambda: clerk.window.found.result != "" or deal.problem != ""
        if deal.problem:
            clerk.press(Key.Key_Escape)  # with the line down another window has to do it
        clerk.press(Key.Key_Escape)

    return errand


def exchange(code: str) -> Callable[[Clerk], Errand]:
    """For another seat of the same show, named by its number."""

    def errand(clerk: Clerk) -> Errand:
        yield from _found(clerk, code)
        clerk.press(_EXCHANGE)
        swap = clerk.window.found.swap
        yield "hall", lambda: swap.show is not None and swap.hall.opened_show == swap.show.id
        plan = swap.hall.plan
        assert plan is not None
        clerk.press(Key.Key_Slash)
        clerk.type(plan.label(next(ix for ix, state in enumerate(swap.hall.states) if state == 0)))
        clerk.press(Key.Key_Return)
        yield "quote", lambda: swap.due is not None or swap.problem != ""
        clerk.press(Key.Key_Return)
        yield "exchange", lambda: clerk.window.found.result != "" or swap.problem != ""
        if swap.problem:
            clerk.press(Key.Key_Escape)
        clerk.press(Key.Key_Escape)

    return errand


def relieved(clerk: Clerk) -> Errand:
    """The window is locked for a moment; the PIN goes wrong once."""
    clerk.press(Key.Key_L, modifier=CTRL)
    yield "lock", lambda: clerk.screen == "signin"
    clerk.window.signin.choose(clerk.user)
    clerk.type("0000")
    clerk.press(Key.Key_Return)
    yield "wrong PIN", lambda: clerk.window.signin.problem != ""
    clerk.type(clerk.pin)
    clerk.press(Key.Key_Return)
    yield "PIN", lambda: clerk.screen == "sell"
