"""Tumorboard: the cases, agendas and calendars of a cancer alliance."""
