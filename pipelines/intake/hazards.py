"""What makes a PDF dangerous or unfit as evidence, found without executing or rendering anything."""

from collections.abc import Iterator

import pikepdf

from schemas.errors import BadInput

__all__ = ["EXECUTABLE", "SIGNED", "check_active", "check_hazards"]

SIGNED = "Das Original ist digital signiert; die durchsuchbare Fassung trägt die Signatur nicht."
"""The anomaly by which later steps know that a file must not be altered unsaid."""

_ACTIVE = {"/JavaScript": "JavaScript", "/Launch": "eine Startaktion für Programme"}
EXECUTABLE = (
    ".exe",
    ".com",
    ".bat",
    ".cmd",
    ".scr",
    ".js",
    ".vbs",
    ".ps1",
    ".msi",
    ".jar",
    ".lnk",
    ".hta",
    ".dll",
)
_CALLER = "Bitte die IT verständigen und den Absender um eine saubere Fassung bitten."


def check_hazards(pdf: pikepdf.Pdf, *, max_megapixels: int) -> tuple[str, ...]:
    """Anomalies worth noting; BadInput for what must not be processed.

    JBIG2 is refused because symbol coding is forbidden (TR-03138 A.SC.12) and cannot be told apart safely.
    """
    anomalies: list[str] = []
    for item in _dictionaries(pdf):
        _refuse_active(item)
        _refuse_executable(item)
        _refuse_image(item, max_megapixels)
        if item.get("/FT") == "/Sig" and "/V" in item:
            anomalies.append(SIGNED)
    return tuple(dict.fromkeys(anomalies))


def check_active(pdf: pikepdf.Pdf) -> None:
    """BadInput if the file would run something: the part of the hazards that is not about scanning."""
    for item in _dictionaries(pdf):
        _refuse_active(item)
        _refuse_executable(item)


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, also those nested directly in others, each level once."""
    for item in pdf.objects:
        stack = [item]
        while stack:
            current = stack.pop()
            if isinstance(current, pikepdf.Dictionary | pikepdf.Stream):
                yield current
                stack += [value for value in dict(current.items()).values() if _is_direct(value)]
            elif isinstance(current, pikepdf.Array):
                stack += [value for value in current if _is_direct(value)]


def _is_direct(value: object) -> bool:
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect


def _refuse_active(item: pikepdf.Object) -> None:
    name = str(item.get("/S", ""))
    if name in _ACTIVE or "/JS" in item:
        raise BadInput(f"Das PDF enthält {_ACTIVE.get(name, 'JavaScript')}.", remedy=_CALLER)


def _refuse_executable(item: pikepdf.Object) -> None:
    if item.get("/Type") != "/Filespec" and "/EF" not in item:
        return
    for key in ("/UF", "/F"):
        name = item.get(key)
        if isinstance(name, pikepdf.String) and str(name).lower().rstrip(" .").endswith(EXECUTABLE):
            raise BadInput(
                f"Das PDF enthält ein eingebettetes Programm ({str(name)[:60]}).",
                remedy=_CALLER,
            )


def _refuse_image(item: pikepdf.Object, max_megapixels: int) -> None:
    if item.get("/Subtype") != "/Image" or not isinstance(item, pikepdf.Stream):
        return
    width, height = _pixels(item, "/Width"), _pixels(item, "/Height")
    if width * height > max_megapixels * 1_000_000:
        raise BadInput(
            f"Ein Bild ist mit {width} x {height} Pixeln zu groß (erlaubt: {max_megapixels} Megapixel).",
            remedy="Bitte mit 300 dpi neu scannen.",
        )
    filters: pikepdf.Object | None = item.get("/Filter")
    if filters is not None and "/JBIG2Decode" in _names(filters):
        raise BadInput(
            "Das PDF enthält JBIG2-Bilder; diese Kompression ist für Scanprodukte ausgeschlossen (TR-03138 A.SC.12).",
            remedy="Bitte die Scansoftware auf CCITT G4, JPEG oder verlustfrei umstellen und neu scannen.",
        )


def _pixels(image: pikepdf.Stream, key: str) -> int:
    """A dimension as the header has it; 0 if it is left out."""
    value: object = image.get(key, 0)
    if not isinstance(value, int) or value < 0:
        raise BadInput(
            "Ein Bild nennt keine gültige Größe; das PDF ist beschädigt.", remedy="Bitte das Schriftstück neu scannen."
        )
    return value


def _names(filters: pikepdf.Object) -> list[str]:
    """One filter name or an array of them; anything else names none."""
    if isinstance(filters, pikepdf.Array):
        return [str(name) for name in filters]
    return [str(filters)]
