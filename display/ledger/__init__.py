"""The ledger: every event of the hall in SQLite, append-only, and the tables that follow from them."""
