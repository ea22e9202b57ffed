"""Where documents go: the port, its adapters, and the mock d.3ecm server."""
