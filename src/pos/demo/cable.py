"""A network cable that can be pulled: a TCP proxy on this machine.

cut()              connections break and new ones are refused, as when a service ends
cut(silent=True)   nothing breaks and nothing comes: a black hole, as when a switch fails
mend()             new connections go through; those that hung in the hole break
"""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Final, Literal

_CONNECT_S: Final = 2.0
_CHUNK: Final = 65536

State = Literal["whole", "cut", "hole"]


@dataclass(eq=False)
class _Strand:
    """One connection through the cable; `far` is None while it hangs in the hole."""

    near: socket.socket
    far: socket.socket | None = None
    broken: threading.Event = field(default_factory=threading.Event)

    def sever(self) -> None:
        self.broken.set()
        for end in (self.near, self.far):
            if end is not None:
                # Wakes the threads that wait on it; closing alone would not.
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()


class Cable:
    """From 127.0.0.1:`port` (0 picks a free one) to `host`:`target`. All methods from any thread."""

    def __init__(self, host: str, target: int, *, port: int = 0) -> None:
        self._target = (host, target)
        self._change = threading.Condition()
        self._state: State = "whole"
        self._strands: set[_Strand] = set()
        self._listener: socket.socket | None = None
        self._closed = False
        self.port = port
        self._listen()

    @property
    def state(self) -> State:
        return self._state

    def cut(self, *, silent: bool = False) -> None:
        """Pull it. At once for connections under way, too."""
        with self._change:
            self._state = "hole" if silent else "cut"
            self._change.notify_all()
            if silent:
                return
            self._stop_listening()
            self._sever_all()

    def mend(self) -> None:
        """Plug it in again."""
        with self._change:
            if self._state == "hole":
                self._sever_all()
            self._state = "whole"
            self._change.notify_all()
            if self._listener is None and not self._closed:
                self._listen()

    def close(self) -> None:
        """Break everything, for good."""
        with self._change:
            self._closed = True
            self._state = "cut"
            self._change.notify_all()
            self._stop_listening()
            self._sever_all()

    def _listen(self) -> None:
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), name=f"cable {self.port}", daemon=True).start()

    def _stop_listening(self) -> None:
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None

    def _sever_all(self) -> None:
        for strand in self._strands:
            strand.sever()
        self._strands.clear()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return  # the listener was closed
            strand = _Strand(near)
            with self._change:
                if self._listener is not listener:
                    strand.sever()
                    return
                self._strands.add(strand)
            threading.Thread(target=self._carry, args=(strand,), name=f"cable {self.port} out", daemon=True).start()

    def _carry(self, strand: _Strand) -> None:
        """Reach the far end, then carry what comes from the near one."""
        if not self._passable(strand):
            return
        try:
            far = socket.create_connection(self._target, _CONNECT_S)
        except OSError:
            self._drop(strand)
            return
        far.settimeout(None)
        with self._change:
            strand.far = far
            if strand.broken.is_set():
                strand.sever()
                return
        back = threading.Thread(
            target=self._pump, args=(strand, far, strand.near), name=f"cable {self.port} in", daemon=True
        )
        back.start()
        self._pump(strand, strand.near, far)

    def _pump(self, strand: _Strand, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if not self._passable(strand):
                    return
                sink.sendall(data)
        # An end that closes in the hole is not heard of at the other one.
        if self._passable(strand):
            self._drop(strand)

    def _passable(self, strand: _Strand) -> bool:
        """Wait while the cable is a hole; whether the connection still stands after it."""
        with self._change:
            self._change.wait_for(lambda: self._state != "hole" or strand.broken.is_set())
            return not strand.broken.is_set()

    def _drop(self, strand: _Strand) -> None:
        with self._change:
            self._strands.discard(strand)
        strand.sever()
