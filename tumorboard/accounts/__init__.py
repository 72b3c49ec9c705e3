"""Institutions, people, the parts they play, sign-in, and the one table of permissions."""
