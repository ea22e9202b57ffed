"""The contracts between the rooms: frozen value types, errors, XSDs. Imports nothing of ours."""
