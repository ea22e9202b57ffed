"""What moves mail on: Celery tasks (thin), the hot-folder watcher, the sweep, and the supervisor."""
