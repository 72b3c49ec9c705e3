"""A fictional alliance to try the service with: the same at every load, its dates relative to the day.

Nobody in it exists; institutions are named as in public reports, their people, cases and talks are invented.
"""
