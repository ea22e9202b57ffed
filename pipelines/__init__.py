"""What happens to mail: pure steps; no Celery, no Django, no HTTP. Read flow.py first."""
