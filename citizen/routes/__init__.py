"""The doors of the people: signing in, one's own matters, roles and the log."""
