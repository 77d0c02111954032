"""What a message asks for, read from its words and headers by pure functions."""
