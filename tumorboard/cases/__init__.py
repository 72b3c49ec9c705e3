"""Cases from draft to accepted: the pro-forma, triage, and the life cycle."""
