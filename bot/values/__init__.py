"""The values that travel along the route: frozen, keyword-only, without behaviour at an edge."""
