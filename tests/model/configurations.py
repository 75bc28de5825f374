"""Which searches are made: small worlds with a few disasters each, and the rules taken away one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tests.model import invariants, office
from tests.model.rights import Model
from tests.model.rules import Bounds, Rules
from tests.model.search import Found, explore
from tests.model.words import State, start

AS_IT_IS: Final = Rules()
T0, T1, T0_AND_T1 = frozenset({0}), frozenset({1}), frozenset({0, 1})
# The office cannot read certificates (those of a newer version, say), and waits for the giver's own word.
UNREADABLE: Final = Rules(certificate_suffices=False)


@dataclass(frozen=True)
class Safe:
    """A world in which nothing may go wrong. `happens`: what must, or the search proves nothing."""

    bounds: Bounds
    happens: tuple[str, ...]
    rules: Rules = AS_IT_IS


@dataclass(frozen=True)
class Mutation:
    """Rules taken away, a world, and the violation that this must lead to."""

    without: tuple[str, ...]
    bounds: Bounds
    violation: str
    invariant: str = "sold_twice"
    rules: Rules = AS_IT_IS


def search(rules: Rules, bounds: Bounds, invariant: str, at_most: int, settle: office.Settle = office.settle) -> Found:
    """Every state of one world. `invariant` is a function of `invariants`, or "unnoticed"."""
    model = Model(rules, bounds, settle)
    holds: Callable[[State], str] = model.unnoticed if invariant == "unnoticed" else getattr(invariants, invariant)
    return explore(start(bounds), model.steps, holds, at_most=at_most)


# ---- worlds that several searches share --------------------------------------------------

PASSED: Final = Bounds(epochs=2, hops=2, facts=2, tickets=2, transfers=True)
THREE: Final = Bounds(tills=3, epochs=2, hops=1, facts=2, tickets=2, transfers=True)
DEAD: Final = Bounds(epochs=2, hops=1, facts=2, tickets=2, transfers=True, fenced=T0, mortal=T0, releases=True)
TWO_DEAD: Final = Bounds(
    tills=3,
    epochs=1,
    hops=2,
    facts=2,
    tickets=2,
    given=True,
    transfers=True,
    fenced=T0_AND_T1,
    mortal=T0_AND_T1,
    releases=True,
)
PAPER: Final = Bounds(epochs=2, hops=2, facts=2, paper=True, releases=True)

# ---- small enough for every test run -----------------------------------------------------

QUICK: Final[dict[str, Safe]] = {
    "two tills, one seat": Safe(
        Bounds(epochs=5, facts=4, tickets=5), ("sells", "web shop", "never came", "right to refund")
    ),
    "three tills": Safe(Bounds(tills=3, epochs=4, facts=3), ("T2 sells",)),
    "two seats": Safe(Bounds(seats=2, epochs=2, facts=3, tickets=2), ("closes its shift",)),
    "refunds": Safe(Bounds(epochs=4, facts=3, refunds=True), ("to refund seat", "refunds seat")),
    "holds": Safe(
        Bounds(epochs=4, facts=3, tickets=2, holds=True),
        ("holds seat", "from its hold", "to the hold of", "returns the right to the hold", "web shop"),
    ),
    "holds, refunds and a seat more": Safe(
        Bounds(seats=2, epochs=1, facts=2, tickets=1, web=False, refunds=True, holds=True),
        ("holds seat", "sells seat 1 from its hold", "refunds", "closes its shift"),
    ),
    "holds, transfers and a death": Safe(
        Bounds(
            epochs=2,
            hops=1,
            facts=2,
            tickets=1,
            web=False,
            holds=True,
            transfers=True,
            fenced=T0,
            mortal=T0,
            sealed=T0,
            releases=True,
        ),
        ("releases seat", "takes seat", "disk is lost", "sealed", "to the hold of"),
    ),
    "exchanges": Safe(
        Bounds(seats=2, epochs=2, facts=1, tickets=2, refunds=True, exchanges=True), ("exchanges seat 1 for seat 0",)
    ),
    "transfers": Safe(
        Bounds(epochs=2, hops=3, facts=3, transfers=True, refunds=True), ("passes seat", "takes seat 0 over", "(1.3)")
    ),
    "transfers among three": Safe(
        Bounds(tills=3, epochs=1, hops=3, facts=2, tickets=2, transfers=True, refunds=True), ("T2 takes seat 0 over",)
    ),
    "transfers and exchanges": Safe(
        Bounds(seats=2, epochs=1, hops=2, facts=2, tickets=2, web=False, transfers=True, exchanges=True),
        ("takes seat", "exchanges"),
    ),
    "unreadable certificates": Safe(
        Bounds(seats=2, epochs=1, hops=1, facts=2, tickets=2, web=False, transfers=True, exchanges=True),
        ("takes seat", "exchanges"),
        UNREADABLE,
    ),
    "a till is replaced": Safe(
        Bounds(tills=3, epochs=2, hops=1, facts=2, tickets=2, transfers=True, fenced=T0, successor=True, releases=True),
        ("in T0's place", "T2 sells", "releases"),
    ),
    "a till dies after a transfer": Safe(
        Bounds(tills=3, epochs=2, hops=1, facts=2, tickets=2, transfers=True, fenced=T0, mortal=T0, releases=True),
        ("disk is lost", "hears", "releases", "passes"),
    ),
    "two tills of three die": Safe(replace(TWO_DEAD, facts=1), ("T1's disk is lost", "releases")),
    "a till dies with rights to refund": Safe(
        Bounds(epochs=2, hops=1, facts=2, transfers=True, refunds=True, fenced=T0, mortal=T0, releases=True),
        ("refunds", "releases", "right to refund seat 0 (2.0)"),
    ),
    "a disk is sealed": Safe(
        Bounds(epochs=2, hops=1, facts=2, tickets=2, transfers=True, refunds=True, fenced=T0, sealed=T0, releases=True),
        ("sealed", "releases"),
    ),
    "a till joins after a death": Safe(
        Bounds(epochs=2, hops=1, facts=2, tickets=2, transfers=True, fenced=T0, mortal=T0, joins=T1, releases=True),
        ("T1 is enrolled", "releases"),
    ),
    "paper": Safe(
        Bounds(epochs=2, hops=3, facts=3, paper=True, refunds=True, releases=True),
        ("on paper", "is sold on", "enters", "back", "lost", "releases"),
    ),
    "paper, transfers and a death": Safe(
        Bounds(epochs=2, hops=2, facts=1, tickets=2, paper=True, transfers=True, fenced=T0, mortal=T0, releases=True),
        ("on paper", "is sold on", "takes seat", "disk is lost", "releases"),
    ),
    "an old folder": Safe(Bounds(restore=True), ("old folder", "arrives")),
    "an old folder, two seats": Safe(
        Bounds(tills=1, seats=2, epochs=2, facts=2, restore=True), ("old folder", "closes")
    ),
    "an old folder after a transfer": Safe(
        Bounds(epochs=1, hops=1, facts=3, tickets=2, transfers=True, restore=True, fenced=T0, sealed=T0, releases=True),
        ("old folder", "passes", "sealed", "releases"),
    ),
}

# ---- minutes each: `python -m tests.model --large` -----------------------------------------

LARGE: Final[dict[str, Safe]] = {
    "exchanges, two facts unsent": Safe(
        Bounds(seats=2, epochs=3, facts=2, tickets=2, refunds=True, exchanges=True), ("exchanges",)
    ),
    "transfers, granted four times": Safe(
        Bounds(epochs=4, hops=4, facts=4, tickets=4, transfers=True, refunds=True), ("(4.4)",)
    ),
    "transfers among three, granted again": Safe(
        Bounds(tills=3, epochs=2, hops=3, facts=2, tickets=2, transfers=True, refunds=True), ("(2.3)",)
    ),
    "transfers and exchanges, granted again": Safe(
        Bounds(seats=2, epochs=2, hops=1, facts=1, tickets=2, web=False, transfers=True, exchanges=True), ("exchanges",)
    ),
    "unreadable certificates among three": Safe(
        Bounds(tills=3, epochs=2, hops=2, facts=2, tickets=2, transfers=True, refunds=True), ("(1.2)",), UNREADABLE
    ),
    "a till of three dies after transfers": Safe(
        Bounds(tills=3, epochs=2, hops=2, facts=2, tickets=2, transfers=True, fenced=T0, mortal=T0, releases=True),
        ("releases",),
    ),
    "two tills of three die, two facts unsent": Safe(TWO_DEAD, ("T1's disk is lost", "releases")),
    "two tills of three die, granted again": Safe(
        Bounds(
            tills=3,
            epochs=2,
            hops=2,
            facts=1,
            tickets=2,
            transfers=True,
            fenced=T0_AND_T1,
            mortal=T0_AND_T1,
            releases=True,
        ),
        ("T1's disk is lost", "releases"),
    ),
    "two tills of three die, with refunds": Safe(
        replace(TWO_DEAD, refunds=True), ("T1's disk is lost", "refunds", "releases")
    ),
    "both tills die with rights to refund": Safe(
        Bounds(
            epochs=2,
            hops=2,
            facts=2,
            tickets=2,
            transfers=True,
            refunds=True,
            fenced=T0_AND_T1,
            mortal=T0_AND_T1,
            sealed=T0,
            releases=True,
        ),
        ("releases", "sealed"),
    ),
    "a till is replaced, with refunds": Safe(
        Bounds(
            tills=3,
            epochs=2,
            hops=2,
            facts=2,
            tickets=2,
            transfers=True,
            refunds=True,
            fenced=T0,
            mortal=T0,
            successor=True,
            releases=True,
        ),
        ("in T0's place", "releases"),
    ),
    "paper, transfers, refunds and a death": Safe(
        Bounds(
            epochs=2, hops=2, facts=2, paper=True, transfers=True, refunds=True, fenced=T0, mortal=T0, releases=True
        ),
        ("enters", "releases"),
    ),
    "an old folder after transfers": Safe(
        Bounds(epochs=2, hops=2, facts=3, tickets=2, transfers=True, restore=True, fenced=T0, sealed=T0, releases=True),
        ("old folder", "releases"),
    ),
}

# ---- every rule is needed ------------------------------------------------------------------

DISPUTED: Final = "a fact that is true is disputed"

MUTATIONS: Final[dict[str, Mutation]] = {
    "a late grant is accepted again": Mutation(("max_token",), Bounds(), "sold 2 times"),
    "a till tells the office before it lets go": Mutation(("let_go_first",), Bounds(), "sold 2 times"),
    "a till tells another till before it lets go": Mutation(
        ("let_go_first",), Bounds(epochs=1, hops=1, web=False, transfers=True), "sold 2 times"
    ),
    "a grant comes after its return": Mutation(("return_raises_guard",), Bounds(), "sold 2 times"),
    "a right to refund is returned as one to sell": Mutation(
        ("recall_says_what",), Bounds(refunds=True), DISPUTED, "broken"
    ),
    "the office takes rights back by its clock": Mutation(("no_clock_reclaims",), Bounds(), "sold 2 times"),
    "facts are applied out of order": Mutation(("in_number_order",), Bounds(), DISPUTED, "broken"),
    "facts are applied again": Mutation(("once_per_number",), Bounds(web=False), DISPUTED, "broken"),
    "rival facts pass for repetitions": Mutation(
        ("rivals_by_hash",), Bounds(restore=True), "nobody notices", "unnoticed", Rules(amnesia=False)
    ),
    "a fact with one early effect waits as a whole": Mutation(
        ("effects_alone",),
        Bounds(seats=2, epochs=1, hops=1, facts=3, tickets=2, web=False, transfers=True, exchanges=True),
        "is lost",
        "broken",
        UNREADABLE,
    ),
    "a ticket is refunded by a till that only knows it": Mutation(
        ("refund_is_a_token",), Bounds(refunds=True, web=False), "paid back twice"
    ),
    "a seat is sold from its hold by a till that only knows it": Mutation(
        ("hold_is_a_token",), Bounds(holds=True, web=False), "sold 2 times"
    ),
    "a transfer keeps its hop": Mutation(("passing_raises_hop",), PASSED, DISPUTED, "broken"),
    "a certificate is for whoever has it": Mutation(("names_receiver",), THREE, "sold 2 times"),
    "a certificate is for any incarnation of a till": Mutation(
        ("names_incarnation",),
        Bounds(tills=3, epochs=1, hops=1, web=False, transfers=True, fenced=T0, successor=True),
        "sold 2 times",
    ),
    "the office waits for a giver that is dead": Mutation(
        ("certificate_suffices",), DEAD, "an effect stays parked", "broken"
    ),
    "the office waits for a passing between dead tills": Mutation(
        ("certificate_skips",), TWO_DEAD, "an effect stays parked", "broken"
    ),
    "a certificate does not end a sale that was refunded": Mutation(
        ("certificate_ends_sale",),
        Bounds(epochs=1, hops=1, facts=3, tickets=1, web=False, transfers=True, refunds=True),
        DISPUTED,
        "broken",
    ),
    "a giver's late fact is no history": Mutation(("late_is_history",), PASSED, DISPUTED, "broken"),
    "an old folder sells": Mutation(("amnesia",), Bounds(restore=True), "sold 2 times"),
    "a fenced till's rights go to the pool": Mutation(("quarantine",), Bounds(fenced=T0), "sold 2 times"),
    "a fenced till's right to refund goes to another": Mutation(
        ("quarantine",), Bounds(tickets=1, web=False, refunds=True, fenced=T0), "paid back twice"
    ),
    "a right comes to a fenced till": Mutation(("quarantine_on_arrival",), DEAD, "nobody can release it", "broken"),
    "a copied disk is sealed": Mutation(
        ("only_originals_sealed",), Bounds(restore=True, fenced=T0, sealed=T0), "sold 2 times"
    ),
    "a place is released, and nobody asked": Mutation(("release_asks",), DEAD, "sold 2 times"),
    "a place is released, and fenced tills not asked": Mutation(("release_asks_fenced",), TWO_DEAD, "sold 2 times"),
    "a place is released, one fence being known": Mutation(("release_asks_all_fences",), TWO_DEAD, "sold 2 times"),
    "a place is released, facts being on their way": Mutation(("release_awaits_facts",), DEAD, "sold 2 times"),
    "a place is released, a fact being parked": Mutation(
        ("release_awaits_parked",), DEAD, "sold 2 times", rules=UNREADABLE
    ),
    "a fenced till's certificate is taken": Mutation(("fenced_givers_refused",), DEAD, "sold 2 times"),
    "a till forgets who is fenced": Mutation(("fences_kept",), replace(DEAD, forgets=True), "sold 2 times"),
    "a new till does not know who is fenced": Mutation(("joins_with_fences",), replace(DEAD, joins=T1), "sold 2 times"),
    "paper keeps its hop": Mutation(("paper_raises_hop",), PAPER, "sold 2 times"),
    "a slip comes back twice": Mutation(("paper_ends_once",), PAPER, "sold 2 times"),
    "a slip comes back elsewhere": Mutation(("paper_ends_at_home",), PAPER, "sold 2 times"),
    "a lost pack is sold by the till": Mutation(("lost_pack_quarantined",), PAPER, "sold 2 times"),
}
