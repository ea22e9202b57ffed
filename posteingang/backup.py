"""`posteingang backup` and `restore`: what they say to the person who calls them."""

import fcntl
from datetime import UTC, datetime
from pathlib import Path

from schemas.errors import BadInput, ConfigurationError

__all__ = ["check_backup", "make_backup", "restore_backup"]


def make_backup(target: Path, keep: int | None) -> None:
    """A new set below that folder, while the system runs; `keep`: only then remove all but the newest sets."""
    from posteingang.installation import open_records

    settings = open_records()
    from records.backup import back_up, note_backup, remove_old_sets

    made = back_up(settings, target.absolute(), datetime.now(UTC))
    note_backup(made, datetime.now(UTC))
    print(f"{made.folder}: {made.documents} Schriftstücke, {made.objects} Belege gesichert.")
    for gone in remove_old_sets(target.absolute(), keep) if keep else ():
        print(f"{gone}: entfernt.")


def check_backup(folder: Path) -> bool:
    """Every file against the manifest; True if all is as it was."""
    from posteingang.installation import set_up_django

    set_up_django()
    from records.backup import read_set, verify_set

    found = read_set(folder.absolute())
    differences = list(verify_set(found))
    for difference in differences:
        print(f"Abweichung: {difference}")
    if not differences:
        print(f"Die Sicherung vom {found.made_at:%d.%m.%Y %H:%M} UTC ist unversehrt: {found.objects} Belege.")
    return not differences


def restore_backup(folder: Path) -> bool:
    """Into the empty place that the settings name; True if everything that was known is there again."""
    from posteingang.installation import prepare_installation

    settings = prepare_installation("restore")
    from records import audit
    from records.backup import read_set
    from records.objects import ObjectStore
    from records.restore import restore

    lock = settings.run / "supervisor.lock"
    with lock.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigurationError(
                f"Der Posteingang läuft mit dem Datenordner {settings.var}.", remedy="Ihn zuerst beenden."
            ) from None
        done = restore(read_set(folder.absolute()), settings, datetime.now(UTC))
    print(f"Wiederhergestellt: {done.documents} Schriftstücke, {done.objects} Belege.")
    if done.taken_in_again:
        print(f"Nach der Sicherung eingegangen und aus dem Beleg-Speicher wieder angenommen: {done.taken_in_again}.")
    if done.closed_again:
        print(f"Nach der Sicherung gesperrt oder planmäßig gelöscht, und jetzt wieder: {done.closed_again}.")
    if done.suspended:
        print(
            f"Zustimmungen zur Vernichtung von Papier widerrufen: {done.suspended}. Was seit der Sicherung gesperrt "
            "oder vernichtet wurde, ist nicht bekannt; bitte erst nachtragen, dann neu zustimmen."
        )
    for number in done.raised:
        print(f"Vergeben, aber in keinem Bestand mehr: {number}. Die Nummer bleibt vergeben.")
    for name in done.lost:
        print(f"Nach der Sicherung eingegangen und nicht mehr vorhanden: {name}. Bitte noch einmal einlegen.")
    broken = [f"Schriftstück {link.document_id}: {link.reason}" for link in audit.verify()]
    broken += [f"Beleg {item.sha256}: {item.reason}" for item in ObjectStore(settings.objects).verify()]
    for line in broken:
        print(f"Gebrochen: {line}")
    if broken:
        raise BadInput("Die Wiederherstellung ist nicht unversehrt.", remedy="Eine andere Sicherung nehmen.")
    print("Protokollketten und Belege sind unversehrt.")
    return not done.lost
