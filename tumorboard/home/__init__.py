"""Start pages and the calendar: the only pages that show several things at once."""
