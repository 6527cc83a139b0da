"""What every request goes through, from the socket to the one commit."""
