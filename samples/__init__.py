"""Small realistic inputs for demonstration and tests, and what the mailroom has to make of each."""
