"""The only SQL of the till: the ledger (what happened here) and the replica (what the office says)."""

from typing import Final

# The two files in a till's data folder.
LEDGER: Final = "ledger.db"
REPLICA: Final = "replica.db"
