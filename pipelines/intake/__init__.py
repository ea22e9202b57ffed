"""Is the file complete, what is it really, and is it safe to open."""
