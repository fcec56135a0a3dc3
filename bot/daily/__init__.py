"""Every day: the ledger, the sweep that proves it, the digest that a person signs, and what happens if nobody does."""
