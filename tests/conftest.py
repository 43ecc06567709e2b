"""What holds for every test: no test reaches another machine, and none leaves files in the user's own folders."""

import os
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # native code, which the hook below does not see; read when it is imported


class NetworkShutError(RuntimeError):
    """A test tried to reach another machine. Fake the web instead."""


def stay_here(event: str, details: tuple[Any, ...]) -> None:
    """Let sockets reach this machine only; an audit hook sees every use of Python's sockets, whoever makes it."""
    if event in CONNECTING and not _is_here(details[1]):
        raise NetworkShutError(f"{event} to {details[1]!r}")
    if event == "socket.getaddrinfo" and details[0] and not _is_here((details[0], 0)):
        raise NetworkShutError(f"look-up of {details[0]!r}")


def _is_here(address: object) -> bool:
    """Tell loopback, Unix sockets and connected sockets from the rest of the world."""
    if not isinstance(address, tuple):
        return True
    host = address[0].decode() if isinstance(address[0], bytes) else str(address[0])
    try:
        return host == "localhost" or ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


sys.addaudithook(stay_here)


@pytest.fixture(autouse=True, scope="session")
def caches_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the indexes that commands make out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
