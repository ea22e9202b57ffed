"""Settings from the environment and the city's own YAML; checked at start, failing loudly."""
