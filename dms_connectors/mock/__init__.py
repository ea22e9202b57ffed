"""A stand-in for d.3ecm: a real HTTP server with its own persistent state. Shares no code with the adapter."""
