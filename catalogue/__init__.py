"""What can be done: deeds and their versions, submissions and evidence, review and verification, check-ins."""
