"""Who did or saw what: append-only, hash-chained, written in the transaction of its cause."""
