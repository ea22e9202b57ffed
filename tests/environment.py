"""Loaded before anything of ours: every test run gets its own data folder; nothing outside it is touched."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_VAR = Path(tempfile.mkdtemp(prefix="pe-test-"))
os.environ["POSTEINGANG_VAR"] = str(_VAR)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")
atexit.register(shutil.rmtree, _VAR, ignore_errors=True)
