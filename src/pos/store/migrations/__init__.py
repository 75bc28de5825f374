"""Schema changes of ledger.db; every one keeps every fact."""
