"""Loaded before anything of ours: every test run gets its own data folder; nothing outside it is touched.

What is collected stays to the end: thousands of tests are never searched for garbage, which took half of the start.
"""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

from tests import postgres

gc.disable()
_VAR = Path(tempfile.mkdtemp(prefix="pe-test-"))
os.environ["POSTEINGANG_VAR"] = str(_VAR)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")
if postgres.wanted():
    os.environ["POSTEINGANG_DATABASE_URL"] = postgres.admin_url()
atexit.register(shutil.rmtree, _VAR, ignore_errors=True)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
