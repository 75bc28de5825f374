"""The general ledger's export: what the books say of a period, under the account numbers of the bookkeeper's chart."""
