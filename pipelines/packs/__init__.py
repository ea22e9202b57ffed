"""Installed packs: validator configurations that judge invoices, schemas of message standards; as published."""
