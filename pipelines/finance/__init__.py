"""What goes to the finance system as files, and what it answers."""
