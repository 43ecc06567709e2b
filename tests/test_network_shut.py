import socket

import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "example.org"])
def test_no_test_can_reach_another_machine(address: str) -> None:
    with pytest.raises(RuntimeError, match=r"socket\.connect to|look-up of"):
        socket.create_connection((address, 80), timeout=0.1)


def test_this_machine_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname(), timeout=5):
        pass


def test_unix_sockets_can_be_used() -> None:
    one, other = socket.socketpair(socket.AF_UNIX)
    one.sendall(b"x")
    assert other.recv(1) == b"x"
    one.close()
    other.close()
