"""A d.3ecm to try against: a real HTTP server that speaks the adapter's interface and keeps its state."""
