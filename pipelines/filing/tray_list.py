"""The list of hand-overs (Übergabeliste) as PDF/A: what lies in the tray of a unit, with a line to sign on."""

from html import escape
from pathlib import Path

from pipelines.invoice.german import day, moment
from pipelines.invoice.paper import pdf_of
from schemas.tray_sheet import TraySheet

__all__ = ["tray_list_pdf"]

_STYLE = """
@page { size: A4; margin: 20mm }
body { font-family: "DejaVu Sans", sans-serif; font-size: 10pt; line-height: 1.4 }
h1 { font-size: 16pt; margin: 0 0 4mm }
table { border-collapse: collapse; width: 100%; margin: 6mm 0 }
th, td { border: 0.3mm solid #666; padding: 1.5mm; text-align: left }
.sign { margin-top: 18mm; border-top: 0.3mm solid #000; width: 100mm }
"""


def tray_list_pdf(sheet: TraySheet, target: Path) -> None:
    """The same sheet gives the same bytes."""
    title = f"Übergabeliste {sheet.number}"
    rows = "".join(
        f"<tr><td>{at}</td><td>{escape(line.number)}</td><td>{escape(line.kind)}</td>"
        f"<td>{line.pages if line.pages is not None else '–'}</td><td>{moment(line.handed_over_at)}</td></tr>"
        for at, line in enumerate(sheet.lines, 1)
    )
    html = (
        f'<html lang="de"><head><title>{escape(title)}</title><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(title)}</h1><p>{escape(sheet.city)}, Poststelle<br>An: {escape(sheet.unit)}<br>"
        f"{day(sheet.day)}, erstellt von {escape(sheet.drawn_up_by)}</p>"
        "<table><thead><tr><th>Nr.</th><th>Eingangsnummer</th><th>Dokumentart</th><th>Seiten</th>"
        f"<th>Im Postfach seit</th></tr></thead><tbody>{rows}</tbody></table>"
        f"<p>{len(sheet.lines)} Schriftstück(e) übernommen:</p>"
        '<p class="sign">Datum, Name und Unterschrift der Einheit</p></body></html>'
    )
    pdf_of(html, target, title=title)
