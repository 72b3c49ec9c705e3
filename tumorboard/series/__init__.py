"""What meets by a rule: boards, disease management teams, lectures, grand rounds, the symposium."""
