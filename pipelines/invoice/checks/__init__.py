"""Our own findings (PE-...): reported beside the official rules, they never change the verdict."""
