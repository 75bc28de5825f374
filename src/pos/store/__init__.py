"""The only SQL of the till: the ledger (what happened here) and the replica (what the office says)."""
