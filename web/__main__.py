"""`python -m web`: the page as a process of its own."""

import os

from config.logs import prepare_logging
from config.settings import load_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")

if __name__ == "__main__":
    import waitress

    settings = load_settings()
    prepare_logging("web", settings)
    from web.receiving import LARGEST_REQUEST
    from web.wsgi import application

    waitress.serve(
        application,
        host=settings.web_host,
        port=settings.web_port,
        threads=8,
        max_request_body_size=LARGEST_REQUEST,
        ident="posteingang",
        clear_untrusted_proxy_headers=not settings.behind_tls,
    )
