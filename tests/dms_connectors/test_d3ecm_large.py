"""A file much larger than a chunk goes through in constant memory."""

import json
import subprocess
import sys
from pathlib import Path

from config.settings import CODE_ROOT
from tests.dms_connectors.serving import KEY, RunningMock

SIZE = 300 * 1000 * 1000
MOST_GROWTH = 16 * 1000 * 1000
FILING = """
import json, resource, sys

from datetime import date
from pathlib import Path
from uuid import uuid4
from dms_connectors.d3ecm import D3ecmConnector, D3ecmSettings
from dms_connectors.port import FilingRequest
from schemas.digest import digest_of_file
from tests.dms_connectors.mappings import full_mapping

address, key, large, small = sys.argv[1:]
connector = D3ecmConnector(D3ecmSettings(address, key, full_mapping().repository, timeout=120), full_mapping())


def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def file(path):
    request = FilingRequest(uuid4(), "hauptdokument", "PE-2026-000001", "widerspruch", "22", date(2026, 11, 23),
                            "a.pdf", path, digest_of_file(path))
    copy = path.with_suffix(".kopie")
    target = connector.store(request)
    whole = connector.read_back(target).digest == request.digest == connector.download(target, copy)
    return whole and copy.stat().st_size == path.stat().st_size


first = file(Path(small))
before = rss()
second = file(Path(large))
print(json.dumps({"whole": first and second, "growth": rss() - before}))
"""


def test_300_megabytes_are_filed_read_back_and_fetched_in_a_bounded_memory(mock: RunningMock, tmp_path: Path) -> None:
    large, small = tmp_path / "gross.bin", tmp_path / "klein.bin"
    with large.open("wb") as file:
        file.truncate(SIZE)
    small.write_bytes(bytes(9_000_000))

    command = [sys.executable, "-c", FILING, mock.address, KEY, str(large), str(small)]
    done = subprocess.run(command, cwd=CODE_ROOT, capture_output=True, text=True, timeout=240)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["whole"]
    assert told["growth"] < MOST_GROWTH
