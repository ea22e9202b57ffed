"""The shipped rules and a desk to work at."""

from pathlib import Path

import pytest

from config.city_config import City
from config.load import read_city
from config.settings import CODE_ROOT
from tests.pipelines.papers import Desk


@pytest.fixture(scope="session")
def iserlohn() -> City:
    """The rules as they are shipped."""
    return read_city(CODE_ROOT / "config" / "city")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def plain(iserlohn: City) -> City:
    """The shipped rules with a DMS that is told of no case files and no further papers of a scan."""
    dms = iserlohn.dms.model_copy(update={"inboxes": {}, "papers": {}})
    return iserlohn.model_copy(update={"dms": dms})
