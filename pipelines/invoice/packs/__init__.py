"""Installed rule packs: published validator configurations, run natively beside the rules that come with us."""
