"""Repeatable measurements: `python -m benchmarks` prints a table, `python -m benchmarks fresh` times a first start."""
