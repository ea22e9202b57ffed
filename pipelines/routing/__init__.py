"""From the words of a letter to type, unit and values, each with its place and its reason."""
