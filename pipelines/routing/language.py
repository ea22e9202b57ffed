"""In which language a letter is written, told by its commonest words; and whether it is writing at all."""

import re

__all__ = ["language_of", "looks_garbled"]

_COMMON = {
    "de": "der die das und ist nicht mit für den von zu ich wir sie ein eine auf im in am dem des bitte ihre ihr sind "
    "haben werden wurde bei als auch um nach über aus bis zum zur oder uns mir mich wird",
    "en": "the and of to is not with for that you this are we your have has be our please from at on it would will",
    "fr": "le la les de des et est pour vous nous une un dans que votre avec sur pas je du au ne en qui",
    "tr": "ve bir bu için ile olarak olan da de ben sayın size bize çok ama ne var yok gibi daha tarafından",
    "pl": "i w na z do się nie jest że o jak dla proszę oraz przez od po za pan pani czy ten",
    "it": "il lo la di e che un una per con non sono del della gli nel vi si ho mi",
    "es": "el la los de y que en un una por con no para su es se las del al lo",
    "nl": "de het een en van ik is dat op te voor met niet zijn u wij aan er om",
    "ro": "și de la în cu pe că nu un o pentru este sunt din vă să mai",
}
_SETS = {language: frozenset(words.split()) for language, words in _COMMON.items()}
_OTHER_SCRIPTS = {"ru": re.compile(r"[а-яё]", re.I), "ar": re.compile(r"[\u0600-\u06ff]"), "el": re.compile(r"[α-ω]")}
_FEWEST = 12
_READABLE = 0.08


def language_of(text: str) -> str | None:
    """ISO 639-1; None if there is too little text or none of the known languages is clearly there."""
    letters = sum(map(str.isalpha, text))
    for language, script in _OTHER_SCRIPTS.items():
        if letters and len(script.findall(text)) > letters / 2:
            return language
    words = _words(text)
    if len(words) < _FEWEST:
        return None
    if looks_garbled(text):
        return None
    counts = {language: sum(word in known for word in words) for language, known in _SETS.items()}
    best = max(counts, key=lambda language: counts[language])
    if best != "de" and counts[best] < 1.6 * counts["de"]:
        best = "de"
    return best if counts[best] >= max(3, len(words) * 0.03) else None


def looks_garbled(text: str) -> bool:
    """Enough signs to be a letter, but hardly a word of any language: handwriting, a picture, a page upside down."""
    words = _words(text)
    if len(words) < _FEWEST:
        return False
    known = [word for word in words if word in _EVERY]
    rare = len(known) < len(words) * _READABLE or len(set(known)) <= len(words) // 40 + 1
    return rare and sum(len(word) > 3 for word in words) < len(words) * 0.6


_EVERY = frozenset().union(*_SETS.values())


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.lower())
