"""From the picture to a recognised, classified, noted document."""
