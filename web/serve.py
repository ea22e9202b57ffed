"""Serve the page with waitress on the configured address."""

from config.settings import load_settings

__all__ = ["serve"]


def serve() -> None:
    """Blocks until the process is told to stop."""
    import waitress

    from web.wsgi import application

    settings = load_settings()
    waitress.serve(application, host=settings.web_host, port=settings.web_port, threads=8, ident="posteingang")
