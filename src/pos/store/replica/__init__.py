"""replica.db: what the office says, as last heard.

A cache: only the sync agent writes it, and a lost or damaged one is fetched again.
What happened at this till is in the ledger, never here.
"""

from pos.store.replica.files import ReplicaDamaged, ReplicaUnavailable
from pos.store.replica.plans import PlanCache
from pos.store.replica.reader import PlaceColumns, ReplicaReader
from pos.store.replica.words import ChangeWord, ColumnsWord, DocumentWord, Needs, PlaceWord, Touched
from pos.store.replica.writer import LayoutMoved, ReplicaWriter, Snapshot

__all__ = [
    "ChangeWord",
    "ColumnsWord",
    "DocumentWord",
    "LayoutMoved",
    "Needs",
    "PlaceColumns",
    "PlaceWord",
    "PlanCache",
    "ReplicaDamaged",
    "ReplicaReader",
    "ReplicaUnavailable",
    "ReplicaWriter",
    "Snapshot",
    "Touched",
]
