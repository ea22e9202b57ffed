"""The page of the stand-in d.3ecm: what a person sees of what has been filed."""

import re
from html.parser import HTMLParser
from typing import Any

from dms_connectors.mock.config import load_config
from tests.dms_connectors.mock_client import REPO, UUID, Client, Start


class _Outline(HTMLParser):
    """Anchors with the anchors around them, tags, and the visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.within: dict[str, tuple[str, ...]] = {}
        self.tags: set[str] = set()
        self._open: list[tuple[str, str]] = []
        self._texts: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in ("details", "article"):
            anchor = dict(attrs).get("id") or ""
            if anchor:
                self.within[anchor] = tuple(outer for _, outer in self._open if outer)
            self._open.append((tag, anchor))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._texts.append(data)


def dossier(client: Client, reference: str, title: str = "", **more: Any) -> str:
    return client.filed({"20": reference, "21": title}, sourceCategory="AKTE", contentLocationUri=None, **more)


def page(client: Client) -> _Outline:
    return _Outline(client.get("/").text)


def test_dossiers_are_a_tree_and_what_lies_nowhere_stands_beside_it(client: Client) -> None:
    outer = dossier(client, "51", "Posteingang Bereich Jugend")
    inner = dossier(client, "51.2", "Beistandschaft", parentId=outer)
    letter = client.filed({"1": UUID}, parentId=inner)
    loose = client.filed({"1": "b"})

    shown = page(client)

    assert shown.within == {outer: (), inner: (outer,), letter: (outer, inner), loose: ()}
    assert "51 · Posteingang Bereich Jugend" in shown.text


def test_dossiers_in_a_ring_are_shown_once_and_end(client: Client) -> None:
    first = dossier(client, "A")
    second = dossier(client, "B", parentId=first)
    client.post(f"{REPO}/o2m/{second}/children", json={"dmsObjectIds": [first]}).raise_for_status()

    assert page(client).within.keys() == {first, second}


def test_a_dossier_older_than_the_last_documents_still_holds_them(client: Client) -> None:
    inbox = dossier(client, "51")
    body = {"sourceCategory": "POSTE", "parentId": inbox, "sourceProperties": {"properties": []}}
    for number in range(201):
        body["sourceProperties"] = {"properties": [{"key": "1", "values": [str(number)]}]}
        client.post(f"{REPO}/o2m", json=body).raise_for_status()

    shown = page(client)

    assert "die letzten 200 Ablagen" in shown.text
    assert len([anchor for anchor, within in shown.within.items() if within == (inbox,)]) == 200


def test_values_are_spelled_in_german(client: Client) -> None:
    client.filed({"1": UUID, "5": "2026-11-03", "9": "1234567.5", "12": "1.5"}, sourceCategory="RECH")

    text = page(client).text

    assert "Rechnung" in text
    assert "Eingangsdatum 03.11.2026" in text
    assert "Betrag 1.234.567,50 €" in text
    assert "Seiten 1,5" in text
    assert "Freigabe" in text


def test_a_value_a_fault_has_spoilt_is_shown_as_it_is(client: Client) -> None:
    client.fault("store", "change_property", property="5", value="kein Tag")
    client.filed()

    assert "Eingangsdatum kein Tag" in page(client).text


def test_versions_can_be_fetched_and_deleted_ones_say_why(client: Client) -> None:
    document = client.filed(content=b"eins")
    for text in (b"zwei", b"drei"):
        body = {"filename": "Neu.pdf", "contentLocationUri": client.upload(text), "alterationText": "verbessert"}
        client.put(f"{REPO}/o2m/{document}", json=body).raise_for_status()
    client.request("DELETE", f"{REPO}/o2m/{document}", json={"reason": "Falsche Seite"}).raise_for_status()

    html = client.get("/").text
    links = re.findall(r'href="(/_admin/objects/[^"]+version=\d+)"', html)

    assert "3 Versionen" in html
    assert "gelöscht: Falsche Seite" in html
    assert [client.get(link).content for link in links] == [b"zwei", b"eins"]


def test_tasks_and_ordered_faults_are_shown_in_words(client: Client) -> None:
    document = client.filed()
    task = {
        "subject": "Rechnung <prüfen>",
        "assignees": ["gruppe-22"],
        "correlationKey": "k",
        "dueDate": "2026-12-01T08:00:00Z",
        "dmsReferences": [{"repoId": "r", "objectId": document}],
    }
    client.post("/task/tasks", json=task).raise_for_status()
    client.fault("store", "status", status=503, count=3, skip=1)
    client.fault("search", "delay", seconds=1.5)

    html, text = client.get("/").text, page(client).text

    assert "Rechnung <prüfen> Bereich Steuern und Gebühren 01.12.2026, 09:00:00 Uhr" in text
    assert f'<a href="#{document}">' in html
    assert "Ablegen: Antwort 503, noch 3-mal, ab dem 2. Aufruf" in text
    assert "Suchen: 1,5 s verspätet, noch 1-mal" in text


def test_nothing_on_the_page_runs_or_is_loaded_from_elsewhere(start: Start) -> None:
    evil = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    groups = tuple(group.model_copy(update={"name": evil}) for group in load_config(None).groups)
    client = start(groups=groups)
    inbox = dossier(client, evil, evil)
    client.filed({"1": UUID, "3": evil, "14": evil}, filename=f"{evil}.pdf", parentId=inbox)
    task = {"subject": evil, "assignees": ["gruppe-22", evil], "correlationKey": "k"}
    references = {"dmsReferences": [{"repoId": evil, "objectId": evil}]}
    client.post("/task/tasks", json={**task, **references}).raise_for_status()

    answer = client.get("/")

    assert _Outline(answer.text).tags & {"script", "img", "link", "iframe", "form"} == set()
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert evil in _Outline(answer.text).text
