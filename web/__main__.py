"""`python -m web`: the page as a process of its own."""

import os

from config.settings import load_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")

if __name__ == "__main__":
    import waitress

    from web.wsgi import application

    settings = load_settings()
    waitress.serve(
        application,
        host=settings.web_host,
        port=settings.web_port,
        threads=8,
        ident="posteingang",
        clear_untrusted_proxy_headers=not settings.behind_tls,
    )
