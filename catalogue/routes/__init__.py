"""The rooms of the catalogue in the API, a file for each."""
