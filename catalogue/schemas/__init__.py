"""What the rooms of the catalogue take and answer."""
