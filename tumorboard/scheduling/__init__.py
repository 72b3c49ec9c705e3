"""Computing agendas: the pure engine, and the runs around it."""
