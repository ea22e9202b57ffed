"""Names of files as they can be kept and shown, whatever the sender called them."""

__all__ = ["printable", "without_folders"]


def printable(name: str) -> str:
    """A file name as it can be kept and shown: undecodable bytes, control and direction marks replaced."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char.isprintable() else "�" for char in text)[:255]


def without_folders(name: str) -> str:
    """The last part of a path of any system; empty if that is no name."""
    last = name.replace("\\", "/").rpartition("/")[2].strip()
    return "" if last in (".", "..") else last
