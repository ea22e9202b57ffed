"""What makes a name that of an organisation: a legal form, or the words of an office. Everything else may be a person.

When in doubt it is a person, of whom nothing is kept (data minimisation, GDPR Art. 5 (1) c).
"""

import re

__all__ = ["ANYBODYS_DOMAINS", "names_organisation"]

ANYBODYS_DOMAINS = frozenset(
    {
        *("gmx.de", "gmx.net", "web.de", "t-online.de", "freenet.de"),
        *("gmail.com", "googlemail.com", "outlook.de", "outlook.com", "hotmail.com"),
        *("hotmail.de", "yahoo.de", "yahoo.com", "icloud.com", "aol.com"),
        *("posteo.de", "mailbox.org", "arcor.de", "live.de"),
    }
)
"""Where everybody has an address."""
_LEGAL = re.compile(
    r"\b(?:g?GmbH|gAG|AG|SE|KGaA|KG|OHG|eG|UG|mbH|mbB|Anstalt|Körperschaft|Stiftung)\b|\be\.\s?(?:V|G)\b|\beV\b"
)
_OFFICE = re.compile(
    r"(?:^|\s)(?:(?:Stadt|Kreis|Gemeinde|Amt|Bank|Verein|Schule|Universität|Hochschule|Notariat)(?=\s)"
    r"|\w{3,}(?:gericht|kasse|kammer|verband|verbund|behörde|direktion|ministerium|anwaltschaft|versicherung|schule"
    r"|gymnasium|krankenhaus|werke|anstalt|regierung|präsidium|zentrum|genossenschaft|gewerkschaft)\b"
    r"|(?!Ges|Ins|Be)\w{3,}amt\b|Ministerium\b|Landkreis\b|Jobcenter\b|Polizei\w*|Bundes\w{3,}|Landes\w{3,}|Agentur für"
    r"|Bezirksregierung\b|Evangelische\w*\s|Katholische\w*\s|Rechtsanwälte\b|Stadtwerke\b)"
)
_BARE = re.compile(r"^(?:Stadt|Kreis|Gemeinde|Amt|Bank|Verein|Schule|Universität|Hochschule|Notariat)\s")
_BARE_INSIDE = re.compile(r"\s(?:Stadt|Kreis|Gemeinde|Amt|Bank|Verein|Schule|Universität|Hochschule|Notariat)(?=\s|$)")
_PERSON = re.compile(r"(?i)^\W*(?:an\s|herrn?\b|frau\b|familie\b|eheleute\b|dr\.|prof\.|dipl\.|z\.\s?hd)")


def names_organisation(name: str) -> bool:
    """True for the name of a firm, an association or an office."""
    if not 4 <= sum(map(str.isalpha, name)) <= 110 or _PERSON.match(name):
        return False
    if _LEGAL.search(name):
        return True
    return _OFFICE.search(name) is not None and (_BARE.match(name) is not None or not _BARE_INSIDE.search(name))
