"""The outbox: what is told to whom, and the mail that carries it."""
