"""What other programs call: /api/v1/, with keys instead of people."""
