"""Live documents: what is kept of holds and orders, and changes by facts of tills. The laws:

* A document has a family, an id and a version. A fact that changes one carries it whole, one version higher:
  holds under `documents`, the order under `order`, where its name lies beside the envelope
  (`pos.domain.personal`). So a newer one is never overwritten by an older that arrives late.
* Whoever changes one holds the rights that go with it: those to the places of a hold, or of an order. So two
  tills never make the same version of one.
* The office keeps the newest and tells every till. What a till itself has made it knows before that.
* Which places are in a hold is not the document's to say: it is said by the places' rights, each of which
  names its hold. The office adds `places` to what it tells, and tells nothing of a hold that has none left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

HOLD: Final = "hold"
ORDER: Final = "order"
FAMILIES: Final = (HOLD, ORDER)

Document = dict[str, Any]


def told_in(body: dict[str, Any]) -> Iterator[tuple[str, Document]]:
    """Family and document of what a fact's body carries. Raises ValueError for one that cannot be kept."""
    order = body.get("order")
    if isinstance(order, dict):
        yield ORDER, _named(order)
    documents = body.get("documents", [])
    if not isinstance(documents, list):
        raise ValueError("its documents are not a list")
    for item in documents:
        match item:
            case {"family": str(family)} if family in FAMILIES:
                yield family, _named({key: value for key, value in item.items() if key != "family"})
            case _:
                raise ValueError("a document of it is of no known family")


def _named(document: Document) -> Document:
    match document:
        case {"id": str(id), "version": int()} if id:
            return document
    raise ValueError("a document of it has no id and version")


def carried(family: str, document: Document) -> Document:
    """The document as a fact carries it."""
    return {"family": family} | {key: value for key, value in document.items() if key != "places"}


def newer(document: Document, than: Document | None) -> bool:
    return than is None or int(document["version"]) > int(than["version"])
