"""Repeatable measurements: `python -m benchmarks`; with `planner` or `fresh` only a part of them."""
