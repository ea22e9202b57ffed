"""Master data of the finance system: files read, judged and turned into values. No database here."""
