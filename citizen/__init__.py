"""Who the people are: membership and consent, sign-in and tokens, roles, personal data."""
