"""Dated meetings: made from a rhythm, moved and cancelled one by one."""
