"""Where accounts live: the embedded directory and the connectors to other platforms."""
