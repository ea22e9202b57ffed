"""Link relations are found, or their absence is said; templates are filled as RFC 6570 wants it."""

import pytest

from dms_connectors.d3ecm.hal import expand, link
from schemas.errors import Unavailable


def test_a_relation_gives_its_address() -> None:
    assert link({"_links": {"repo": {"href": "/dms/r/{repositoryid}"}}}, "repo") == "/dms/r/{repositoryid}"


@pytest.mark.parametrize(
    "resource",
    [
        {},
        {"_links": None},
        {"_links": {}},
        {"_links": {"other": {"href": "/x"}}},
        {"_links": {"repo": {}}},
        {"_links": {"repo": {"href": ""}}},
        {"_links": {"repo": ["/x"]}},
    ],
)
def test_a_missing_relation_is_named_with_what_to_check(resource: dict[str, object]) -> None:
    with pytest.raises(Unavailable, match=r"'repo'.*Rechte des API-Benutzers"):
        link(resource, "repo")


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("/dms", {}, "/dms"),
        ("/dms/r/{repositoryid}", {"repositoryid": "abc-1"}, "/dms/r/abc-1"),
        ("/o2m/{dmsobjectid}{?sourceid}", {}, "/o2m/"),
        ("/o2m/{dmsobjectid}{?sourceid}", {"dmsobjectid": "P1"}, "/o2m/P1"),
        ("/o2m/{dmsobjectid}{?sourceid}", {"dmsobjectid": "P1", "sourceid": "/s"}, "/o2m/P1?sourceid=%2Fs"),
        ("/srm{?a,b,c}", {"a": "1", "c": "3"}, "/srm?a=1&c=3"),
        ("/srm{?a, b}", {"b": "2"}, "/srm?b=2"),
        ("/srm{?a}", {"unknown": "x"}, "/srm"),
        ("/x/{name}", {"name": "a/b ü&?"}, "/x/a%2Fb%20%C3%BC%26%3F"),
        ("/srm{?q}", {"q": '{"1":["ä b+c"]}'}, "/srm?q=%7B%221%22%3A%5B%22%C3%A4%20b%2Bc%22%5D%7D"),
    ],
)
def test_templates_are_filled(template: str, values: dict[str, str], expected: str) -> None:
    assert expand(template, **values) == expected
