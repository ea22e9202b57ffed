"""People at work in a real browser: an invoice from the inbox to the DMS, a clearing case, what is not one's own.

Pictures of the pages land in test-artefacts/ to be looked at.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from config.settings import CODE_ROOT
from tests.e2e.system import System

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

Make = Callable[..., System]
SAMPLES = CODE_ROOT / "samples"
PICTURES = CODE_ROOT / "test-artefacts"
PASSWORD = "ein-langes-kennwort-7"
PEOPLE = {
    "petra": ("Petra Post", "poststelle", ()),
    "bernd": ("Bernd Bereich", "bereich", ("51",)),
    "anke": ("Anke Anordnung", "anordnung", ("51",)),
    "bettina": ("Bettina Buchung", "buchhaltung", ()),
    "fremd": ("Frieda Fremd", "bereich", ("22",)),
    "admin": ("Adam Admin", "administration", ()),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def system(make_shared_system: Make) -> System:
    """Each test works on a sample of its own."""
    made = make_shared_system(DEMO="true")
    made.start()
    for name, (full_name, role, units) in PEOPLE.items():
        options = [part for unit in units for part in ("--unit", unit)]
        done = made.run(
            *("users", "add", name, "--name", full_name, "--role", role, *options, "--password-stdin"),
            stdin=f"{PASSWORD}\n",
        )
        assert done.returncode == 0, done.stderr
    return made


class Desk:
    """One person at their own browser."""

    def __init__(self, browser: Browser, system: System, name: str) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=f"http://127.0.0.1:{system.web_port}", viewport={"width": 1280, "height": 900}, locale="de-DE"
        )
        self.refused: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.refused.append(message.text) if message.type == "error" else None)
        self.page.goto("/")
        self.page.get_by_label("Benutzername").fill(name)
        self.page.get_by_label("Kennwort").fill(PASSWORD)
        self.page.get_by_role("button", name="Anmelden").click()
        expect(self.page.get_by_role("heading", name="Meine Aufgaben")).to_be_visible()

    def open_task(self, number: str) -> None:
        self.page.goto("/")
        self.page.get_by_role("link", name=number, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(number)

    def press(self, button: str, *, says: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text(says)

    def picture(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def leave(self) -> None:
        assert self.refused == [], "the browser complained about the page"
        self.context.close()


def drop_sample(system: System, name: str, *, until: str) -> str:
    """Put it in, wait for the state, and tell its register number."""
    inbox, file = name.split("/")
    target = system.var / "inbox" / inbox / file
    shutil.copyfile(SAMPLES / name, target.with_name(f"{file}.part"))
    target.with_name(f"{file}.part").rename(target)
    target.with_name(f"{file}.ready").touch()
    until_state(system, file, until)
    return system.number_of(file)


def until_state(system: System, file: str, state: str) -> None:
    system.until(lambda: system.state_of(file) == state, f"{file} is {state}", unwanted=())


def test_a_clerk_certifies_another_orders_and_the_invoice_is_filed_and_handed_over(
    system: System, browser: Browser
) -> None:
    taken = system.run("master-data", "import", str(SAMPLES / "stammdaten" / "kreditoren.csv"))
    assert taken.returncode == 0, taken.stdout
    number = drop_sample(system, "rechnung/xrechnung_ubl.xml", until="to_certify_factually")

    clerk = Desk(browser, system, "bernd")
    clerk.picture("aufgaben")
    clerk.open_task(number)
    readable = clerk.page.frame_locator("iframe")
    expect(readable.locator("body")).to_contain_text("05962024-51001-12")
    clerk.picture("rechnung")
    clerk.press("Sachlich richtig", says="Sachlich richtig")
    expect(clerk.page.get_by_role("heading", level=1)).to_contain_text("wartet auf rechnerische Feststellung")
    clerk.press("Rechnerisch richtig", says="Rechnerisch richtig")
    clerk.leave()

    orderer = Desk(browser, system, "anke")
    orderer.open_task(number)
    orderer.press("Auszahlung anordnen", says="Auszahlung anordnen")
    orderer.leave()

    accountant = Desk(browser, system, "bettina")
    accountant.page.goto(f"/rechnungen/{number}/buchung/")
    accountant.press("Diesen Kreditor bestätigen", says="Der Kreditor ist bestätigt")
    accountant.picture("kontierung")
    accountant.page.goto("/")
    accountant.open_task(number)
    accountant.press("Freigeben", says="Freigeben")
    until_state(system, "xrechnung_ubl.xml", "exported")
    accountant.page.goto("/rechnungen/")
    accountant.picture("rechnungseingangsbuch")
    accountant.page.get_by_role("link", name=number, exact=True).click()
    history = accountant.page.get_by_role("region", name="Verlauf")
    for person in ("Bernd Bereich", "Anke Anordnung", "Bettina Buchung"):
        expect(history).to_contain_text(person)
    accountant.picture("rechnung-abgelegt")
    with accountant.page.expect_download() as download:
        accountant.page.get_by_role("link", name="Freigabeprotokoll", exact=True).click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    accountant.leave()

    filed = [item for item in system.objects() if item["properties"].get("8") == [number]]
    assert len(filed) == 5, "invoice, readable form, report, protocol, its XML"


def test_whoever_certified_cannot_order_and_is_told_so(system: System, browser: Browser) -> None:
    done = system.run(
        *("users", "add", "beides", "--name", "Berta Beides", "--role", "bereich", "--role", "anordnung"),
        *("--unit", "16", "--password-stdin"),
        stdin=f"{PASSWORD}\n",
    )
    assert done.returncode == 0, done.stderr
    number = drop_sample(system, "rechnung/xrechnung_cii.xml", until="to_certify_factually")

    desk = Desk(browser, system, "beides")
    desk.open_task(number)
    desk.press("Sachlich richtig", says="Sachlich richtig")
    desk.press("Rechnerisch richtig", says="Rechnerisch richtig")
    desk.page.goto(f"/rechnungen/{number}/")

    expect(desk.page.get_by_text("das muss eine andere Person tun")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Auszahlung anordnen")).to_have_count(0)
    desk.picture("trennung-der-aufgaben")
    desk.leave()


def test_an_invoice_on_paper_is_confirmed_beside_its_picture(system: System, browser: Browser) -> None:
    number = drop_sample(system, "rechnung/sonstige_rechnung.pdf", until="to_confirm")

    accountant = Desk(browser, system, "bettina")
    accountant.open_task(number)
    accountant.page.get_by_role("link", name="Angaben prüfen und bestätigen").click()
    page = accountant.page
    expect(page.get_by_label("Brutto")).to_have_value("339,26")
    expect(page.get_by_role("img").first).to_have_js_property("complete", True)
    accountant.picture("angaben")
    page.set_viewport_size({"width": 400, "height": 900})
    accountant.picture("angaben-schmal")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Einheit, die feststellt").select_option("51")
    for box in page.get_by_label("mit dem Bild verglichen").all():
        box.check()
    accountant.press("Angaben bestätigen", says="Die Angaben sind bestätigt")
    until_state(system, "sonstige_rechnung.pdf", "to_certify_factually")
    accountant.leave()

    clerk = Desk(browser, system, "bernd")
    clerk.open_task(number)
    expect(clerk.page.frame_locator("iframe").locator("body")).to_contain_text("Blumenhof Wiesenrausch")
    clerk.press("Sachlich richtig", says="Sachlich richtig")
    clerk.picture("papierrechnung")
    clerk.leave()


def test_a_clearing_case_is_decided_and_moves_on(system: System, browser: Browser) -> None:
    number = drop_sample(system, "scan/bauantrag.pdf", until="clearing")

    clerk = Desk(browser, system, "petra")
    clerk.page.get_by_role("link", name="Klärfälle").click()
    clerk.picture("klaerfaelle")
    clerk.page.get_by_role("link", name=number, exact=True).click()
    expect(clerk.page.get_by_role("img").first).to_have_js_property("complete", True)
    assert clerk.page.evaluate("document.querySelector('.paper img').naturalWidth") > 500, "the page is shown"
    clerk.picture("klaerfall")
    clerk.page.get_by_label("Dokumentart").select_option(label="Bauantrag (Vorschlag)")
    clerk.page.get_by_label("Zuständige Einheit").select_option("10/2")
    clerk.page.get_by_label("Ja, weiterleiten").check()
    clerk.page.get_by_label("Begründung").first.fill("Irrläufer, geht an die Verwaltungssteuerung")
    clerk.press("Entscheiden", says="Entscheiden")

    until_state(system, "bauantrag.pdf", "filed")
    (filed,) = (item for item in system.filed() if item["properties"].get("2") == [number])
    assert filed["properties"]["4"] == ["10/2"]
    clerk.leave()


def test_what_belongs_to_another_unit_does_not_exist(system: System, browser: Browser) -> None:
    number = drop_sample(system, "rechnung/zugferd_en16931.pdf", until="to_certify_factually")

    stranger = Desk(browser, system, "fremd")
    expect(stranger.page.get_by_text("Gerade wartet nichts auf Sie.")).to_be_visible()
    answer = stranger.page.goto(f"/rechnungen/{number}/")
    assert answer is not None
    assert answer.status == 404
    expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("Nicht gefunden")
    stranger.context.close()


def test_the_status_page_knows_the_neighbours_and_shows_no_content(system: System, browser: Browser) -> None:
    drop_sample(system, "rechnung/regelverstoss_ubl.xml", until="clarification")
    system.until(lambda: bool(system.query("SELECT name FROM records_neighbourcheck")), "the neighbours were asked")

    administrator = Desk(browser, system, "admin")
    administrator.page.get_by_role("link", name="Status").click()
    expect(administrator.page.get_by_role("main")).to_contain_text("DMS")
    expect(administrator.page.get_by_role("main")).not_to_contain_text("regelverstoss")
    administrator.picture("status")
    administrator.leave()
