"""The database is the truth: models, transactions, leases, the audit chain, and the object store."""
