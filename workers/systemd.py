"""Tell systemd how we are, if it started us (Type=notify)."""

import os
import socket

__all__ = ["tell_systemd"]


def tell_systemd(state: str) -> None:
    """READY=1, WATCHDOG=1 or STOPPING=1; nothing without NOTIFY_SOCKET, and no failure of ours if nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        try:
            notify.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
        except OSError:
            return
