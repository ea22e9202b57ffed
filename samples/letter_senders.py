"""Who writes to a city: people, firms, lawyers, authorities, courts, each with letterhead and footer."""

import random
from dataclasses import dataclass

from samples.model import iban

__all__ = ["Sender", "sender"]


@dataclass(frozen=True, slots=True)
class Sender:
    head: tuple[str, ...]
    signer: str
    footer: tuple[str, ...] = ()
    reference: str = ""
    iban: str = ""


_FIRST = ("Marlene", "Cem", "Hedwig", "Thorsten", "Aylin", "Gregor", "Birgit", "Dominik")
_LAST = ("Wiesenkötter", "Arslan", "Schulte-Hubbert", "Pohl", "Grabowski", "Fromme", "Dunkel", "Teichmann")
_STREETS = ("Finkenweg 8", "Letmather Straße 77", "Kurt-Schumacher-Ring 12", "Zum Steinbruch 3", "Bergwerkstraße 19")
_TOWNS = ("58636 Iserlohn", "58642 Iserlohn", "58640 Iserlohn", "58675 Hemer", "58706 Menden", "59423 Unna")
_FIRMS = ("Heizungsbau Krummenerl GmbH", "Lüdtke Bürosysteme KG", "Sauerland Reinigung GmbH & Co. KG",
          "Datenwerk Ruhr AG",
          "Verlag Westmark GmbH", "Möbel Osterkamp e. K.", "Ingenieurbüro Tillmann PartGmbB")  # fmt: skip
_LAWYERS = ("Rechtsanwälte Dr. Hövel & Partner", "Kanzlei Brandis Rechtsanwalt und Notar", "Rechtsanwältin Ute Kamann")
_AUTHORITIES = ("Bezirksregierung Arnsberg", "Märkischer Kreis - Der Landrat", "Landesbetrieb Information und Technik",
                "Landschaftsverband Westfalen-Lippe")  # fmt: skip
_COURTS = ("Amtsgericht Iserlohn", "Landgericht Hagen", "Verwaltungsgericht Arnsberg", "Amtsgericht Hagen")


def sender(kind: str, chance: random.Random) -> Sender:
    """One of that kind: privat, firma, anwalt, behoerde, gericht."""
    person = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    street, town = chance.choice(_STREETS), chance.choice(_TOWNS)
    account = iban(chance.randrange(10_000, 99_999_999))
    if kind == "firma":
        firm = chance.choice(_FIRMS)
        court = f"Amtsgericht {chance.choice(('Iserlohn', 'Hagen'))} HRB {chance.randrange(1000, 9999)}"
        footer = (
            f"{firm} · Geschäftsführer: {person} · {court}",
            f"Phantasiebank Sauerland · IBAN {account} · USt-IdNr. DE{chance.randrange(100000000, 999999999)}",
        )
        reference = (
            f"{chance.choice('abk')}{chance.randrange(10, 99)}/{chance.randrange(100, 999)}"
            if chance.random() < 0.5
            else ""
        )
        return Sender((firm, street, town), person, footer, reference, account.replace(" ", ""))
    if kind == "anwalt":
        reference = f"{chance.randrange(100, 999)}/26 hö"
        return Sender((chance.choice(_LAWYERS), street, town), "Rechtsanwalt", (f"IBAN {account}",), reference)
    if kind == "behoerde":
        return Sender(
            (chance.choice(_AUTHORITIES), street, town),
            person,
            (),
            f"3{chance.randrange(10)}.2-{chance.randrange(10, 99)}/26",
        )
    if kind == "gericht":
        court = chance.choice(_COURTS)
        return Sender(
            (court, "Geschäftsstelle", street, town),
            f"{person}, Justizbeschäftigte",
            ("Dieses Schreiben wurde elektronisch erstellt.",),
        )
    footer = (f"Bankverbindung: IBAN {account}",) if chance.random() < 0.3 else ()
    return Sender((person, street, town), person, footer, iban=account.replace(" ", "") if footer else "")
