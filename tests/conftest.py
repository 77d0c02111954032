"""What every test may ask for: the fixtures of the real servers (nothing starts before it is asked for)."""

pytest_plugins = ["tests.servers.fixtures"]
