"""The cable that demos and tests pull."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from pos.demo.cable import Cable


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says everything back; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection:
            while data := connection.recv(1000):
                connection.sendall(data)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.fixture
def cable(echo: int) -> Iterator[Cable]:
    cable = Cable("127.0.0.1", echo)
    yield cable
    cable.close()


def plug(cable: Cable) -> socket.socket:
    return socket.create_connection(("127.0.0.1", cable.port), 2.0)


def ended(end: socket.socket) -> bool:
    try:
        return end.recv(10) == b""
    except ConnectionResetError:
        return True


def test_carries_both_ways(cable: Cable) -> None:
    with plug(cable) as end:
        end.sendall(b"hello")
        assert end.recv(10) == b"hello"


def test_cut_breaks_connections_and_refuses_new_ones(cable: Cable) -> None:
    with plug(cable) as end:
        end.sendall(b"x")
        end.recv(10)
        cable.cut()
        assert ended(end)
    with pytest.raises(ConnectionRefusedError):
        plug(cable)


def test_mended_it_carries_again_on_the_same_port(cable: Cable) -> None:
    port = cable.port
    cable.cut()
    cable.mend()
    assert cable.port == port
    with plug(cable) as end:
        end.sendall(b"back")
        assert end.recv(10) == b"back"


def test_a_hole_accepts_and_says_nothing(cable: Cable) -> None:
    with plug(cable) as old:
        old.sendall(b"x")
        old.recv(10)
        cable.cut(silent=True)
        old.sendall(b"lost")
        with plug(cable) as new:
            new.sendall(b"lost too")
            for end in (old, new):
                end.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    end.recv(10)
            cable.mend()
            # What was said into the hole is gone, and so are the connections.
            for end in (old, new):
                assert ended(end)


def test_one_end_closing_closes_the_other(cable: Cable) -> None:
    first = plug(cable)
    first.sendall(b"x")
    first.recv(10)
    first.close()
    with plug(cable) as second:
        second.sendall(b"y")
        assert second.recv(10) == b"y"
