"""E-invoices: find, enter, validate, read, examine, render."""
