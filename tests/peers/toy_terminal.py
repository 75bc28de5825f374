"""A payment terminal for tests: real bytes over real TCP or a pseudo-terminal, and a bank that remembers.

    with ToyTerminal() as toy:
        …  {toy.url}
        toy.next = Play(drop_at="charged")
        assert toy.charged == [1200]

It is written from the specification, apart from the program's own ZVT. What it charged is
kept for the test; what it tells the till is another matter, see `Play`.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time
import tty
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final

# What happens in a payment, in order. The card is charged right before "charged".
STEPS: Final = (
    "asked",  # 06 01 has come
    "accepted",  # 80 00 is out
    "showing",  # 04 FF is out
    "shown",  # its reply has come
    "charged",  # the bank has said yes, and nobody else knows
    "result",  # 04 0F is out
    "acknowledged",  # its reply has come
    "printed",  # the receipt's lines are out
    "completed",  # 06 0F is out
)
TERMINAL: Final = "52500295"
CARD: Final = "5413330089604111"  # a test card's number, that no till may keep
TAKEN: Final = bytes.fromhex("800000")
BUSY: Final = bytes.fromhex("849c00")


@dataclass
class Play:
    """How a payment goes. The defaults are one that goes well."""

    declined: int = 0  # a result code other than 00
    refused: int = 0  # 84 xx in place of 80 00
    drop_at: str = ""  # the connection breaks there
    hard: bool = False  # a dropped connection is reset, so that the till's next word fails at once
    stall_at: str = ""  # it falls silent there, and stays connected
    goes_on: bool = False  # broken or silent, it charges the card all the same
    reverses: bool = False  # it takes back what the till has not acknowledged
    slow_s: float = 0.0  # before the result
    bytewise: bool = False  # every byte on its own
    abort_after_result: bool = False  # 06 1E follows a good 04 0F, and the charge is taken back
    ignores_abort: bool = False
    says_minor: int | None = None  # another amount in the result
    repeats_minor: int | None = None  # another amount in the repeated receipt
    bare: bool = False  # a result of nothing but 00
    blocks: bool = False  # receipts come as whole papers (06 D3), the merchant's and the customer's
    at: Callable[[str], object] = lambda step: None  # told of every step


@dataclass
class Transaction:
    """What the terminal did, as it remembers it itself."""

    trace: int
    minor: int
    result: int
    receipt: int
    original: int = 0
    seconds: int = 0
    repeats_minor: int | None = None


@dataclass
class Day:
    """How the next end of day goes."""

    says_minor: int | None = None  # another total than it took
    bare: bool = False  # no totals in the result
    aborts: bytes = b""  # 06 1E with this, nothing handed in
    drop_at: str = ""  # "asked", "handed in"
    stalls: bool = False
    takes_s: float = 0.0
    result: int = 0


class Gone(Exception):
    """The till has hung up, or the test has."""


@dataclass
class Bank:
    """The terminal's memory and the money; it outlasts every connection."""

    charged: list[int] = field(default_factory=list)  # amounts in minor units, those taken back left out
    handed_in: list[int] = field(default_factory=list)  # what each end of day came to
    batch: int = 0  # how many of `charged` have been handed in
    till_prints: bool = False  # as the till registered
    history: list[Transaction] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    registered: int = 0
    aborts: int = 0
    busy: bool = False
    trace: int = 100

    def book(self, minor: int, result: int, original: int = 0, repeats_minor: int | None = None) -> Transaction:
        self.trace += 1
        done = Transaction(self.trace, minor, result, self.trace % 10000, original, self.trace * 7, repeats_minor)
        self.history.append(done)
        return done


class ToyTerminal:
    """Listens on 127.0.0.1, or at the far end of a serial line when `serial`."""

    def __init__(self, *, serial: bool = False) -> None:
        self.bank = Bank()
        self.next = Play()
        self.status = 0
        self.repeats = True  # False: it does not know 06 20
        self.prints_again = True  # False: 06 20 tells its last result and prints nothing
        self.day = Day()
        self.line = SerialFaults()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._wires: list[Any] = []
        if serial:
            near, self._far = os.openpty()
            tty.setraw(self._far)
            self.url = f"serial://{os.ttyname(self._far)}?baud=9600"
            self._wires.append(_Fd(near))
            self._start(lambda: self._serve(_Serial(near, self._closing, self.line)))
        else:
            self._listener = socket.create_server(("127.0.0.1", 0))
            self._listener.settimeout(0.05)
            self.port = self._listener.getsockname()[1]
            self.url = f"tcp://127.0.0.1:{self.port}"
            self._start(self._accept)

    def __enter__(self) -> ToyTerminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def charged(self) -> list[int]:
        """What cards were really charged, in minor units."""
        return list(self.bank.charged)

    def close(self) -> None:
        self._closing.set()
        if hasattr(self, "_listener"):
            self._listener.close()
        for thread in self._threads:
            thread.join(5)
        for wire in self._wires:
            wire.close()
        if hasattr(self, "_far"):
            os.close(self._far)

    def hang_up(self) -> None:
        """Break every connection, as a terminal does that is switched off and on."""
        for wire in self._wires:
            wire.close()

    def say(self, message: bytes) -> None:
        """Say something unasked, over the first connection that there was."""
        with contextlib.suppress(Gone):
            self._wires[0].send(message)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 5.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "the terminal did not get there"
            time.sleep(0.005)

    # ---- connections -----------------------------------------------------------------------

    def _start(self, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name="toy terminal")
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            wire = _Tcp(connection, self._closing)
            self._wires.append(wire)
            self._start(lambda wire=wire: self._serve(wire))  # type: ignore[misc]

    def _serve(self, wire: _Wire) -> None:
        while not self._closing.is_set():
            try:
                command = wire.receive()
                if command is not None:
                    self._answer(wire, command)
            except Gone:
                if not wire.lasting:
                    break
        wire.close()

    # ---- what it does ----------------------------------------------------------------------

    def _answer(self, wire: _Wire, command: bytes) -> None:
        self.bank.commands.append(command)
        control = command[:2].hex()
        if control == "8000":
            return
        if control == "06b0":
            wire.send(bytes.fromhex("848300"))  # nothing to stop
        elif self.bank.busy:
            wire.send(BUSY)
        elif control == "0600":
            self.bank.registered += 1
            self.bank.till_prints = bool(command[6] & 0x02)
            self._say(wire, TAKEN, apdu("060f", bytes.fromhex(f"1900 29{TERMINAL} 49") + (command[7:9] or b"\x09\x78")))
        elif control == "0501":
            self._say(wire, TAKEN, apdu("060f", b"\xf0\xf0\xf3toy" + bytes([self.status])))
        elif control == "0620":
            self._repeat(wire, printed=command[6:] != bytes.fromhex("0303"))
        elif control == "0650":
            self._end_day(wire)
        elif control == "0601":
            self._pay(wire, self.next, int(command[4:10].hex()))
        elif control == "0631":
            self._pay(wire, self.next, -int(command[7:13].hex()))
        elif control == "0630":
            self._reverse(wire, int(command[7:9].hex()))
        else:
            wire.send(bytes.fromhex("848300"))

    def _say(self, wire: _Wire, first: bytes, *more: bytes) -> None:
        """A reply, then messages that wait for a reply each."""
        wire.send(first)
        for message in more:
            wire.send(message)
            self._reply(wire)

    def _reply(self, wire: _Wire) -> None:
        """Wait for the till's reply; an abort may come first."""
        while (reply := wire.receive()) is None or reply[:2] != b"\x80\x00":
            if reply is None:
                raise Gone
            self.bank.commands.append(reply)
            if reply[:2] == b"\x06\xb0":
                self.bank.aborts += 1
                wire.send(TAKEN)

    def _repeat(self, wire: _Wire, *, printed: bool) -> None:
        if not self.repeats or not self.bank.history:
            wire.send(bytes.fromhex("848300"))
            return
        last = self.bank.history[-1]
        slips = self._slips(blocks=False) if printed and self.prints_again and self.bank.till_prints else []
        self._say(wire, TAKEN, self._result(last, last.repeats_minor), *slips, apdu("060f"))

    def _slips(self, *, blocks: bool) -> list[bytes]:
        """A receipt as lines, or the merchant's and the customer's as blocks."""
        if not blocks:
            return [apdu("06d1", line) for line in (b"\0TOY TERMINAL", b"\0PAN " + CARD.encode(), b"\x81")]
        return [_paper(1, b"MERCHANT", b"PAN " + CARD.encode()), _paper(2, b"CUSTOMER", b"PAN " + CARD.encode())]

    def _end_day(self, wire: _Wire) -> None:
        day, bank = self.day, self.bank
        self.day = Day()
        if day.drop_at == "asked":
            wire.close()
            raise Gone
        if day.aborts:
            self._say(wire, TAKEN, apdu("061e", day.aborts))
            return
        taken = bank.charged[bank.batch :]
        bank.batch = len(bank.charged)
        bank.handed_in.append(sum(taken))
        if day.drop_at == "handed in":
            wire.close()
            raise Gone
        if day.stalls:
            wire.stall()
            raise Gone
        total = sum(taken) if day.says_minor is None else day.says_minor
        self._say(wire, TAKEN, b"\x04\xff\x01\x0f")
        time.sleep(day.takes_s)
        self._tell(wire, self._handed_in(total, len(taken), day))
        for line in [apdu("06d1", b"\x40END OF DAY"), apdu("06d1", b"\x81" + str(total).encode())]:
            if bank.till_prints:
                wire.send(line)
                self._reply(wire)
        self._tell(wire, apdu("060f"))

    def _handed_in(self, total: int, count: int, day: Day) -> bytes:
        if day.bare:
            return apdu("040f", bytes([0x27, day.result]))
        rows = b"".join(bytes([count if card == 4 else 0]) + _bcd(total if card == 4 else 0) for card in range(7))
        fields = bytes.fromhex("2700 04") + _bcd(total) + bytes.fromhex(f"29{TERMINAL} 60f0f5f3 0101 0199") + rows
        return apdu("040f", fields)

    def _tell(self, wire: _Wire, message: bytes) -> None:
        wire.send(message)
        self._reply(wire)

    def _reverse(self, wire: _Wire, receipt: int) -> None:
        found = next((done for done in self.bank.history if done.receipt == receipt and not done.result), None)
        if found is None or found.minor not in self.bank.charged:
            self._say(wire, TAKEN, bytes.fromhex("061e01b4"))
            return
        self.bank.charged.remove(found.minor)
        done = self.bank.book(found.minor, 0, original=found.trace)
        self._say(wire, TAKEN, self._result(done), apdu("060f"))

    def _pay(self, wire: _Wire, play: Play, minor: int) -> None:
        self.next = Play()
        wire.bytewise = play.bytewise
        self.bank.busy = True
        payment = _Payment(self, wire, play, minor)
        try:
            payment.run()
        finally:
            self.bank.busy = False
            wire.bytewise = False

    def _result(self, done: Transaction, minor: int | None = None) -> bytes:
        amount = abs(done.minor if minor is None else minor)
        hours, rest = divmod(36000 + done.seconds, 3600)
        fields = f"27{done.result:02x} 04{amount:012d} 490978 29{TERMINAL} 0b{done.trace:06d} 87{done.receipt:04d}"
        fields += f"0c{hours:02d}{rest // 60:02d}{rest % 60:02d} 0d1126 22f0f8{CARD} 8a06"
        fields += f"37{done.original:06d}" if done.original else ""
        return apdu("040f", bytes.fromhex(fields) + b"\x8b\xf0\xf8TestCard" + b"\x3b978539\0\0")


class _Payment:
    """One payment, step by step, with whatever befalls it."""

    def __init__(self, toy: ToyTerminal, wire: _Wire, play: Play, minor: int) -> None:
        self.toy, self.wire, self.play, self.minor = toy, wire, play, minor
        self.done: Transaction | None = None
        self.acknowledged = False
        self.stopped = False  # by the till's abort

    def run(self) -> None:
        try:
            self._talk()
        except Gone:
            self._alone()
            raise

    def _talk(self) -> None:
        play, wire = self.play, self.wire
        self._step("asked")
        if play.refused:
            wire.send(bytes([0x84, play.refused, 0]))
            return
        wire.send(TAKEN)
        self._step("accepted")
        wire.send(bytes.fromhex("04ff010a"))
        self._step("showing")
        self.toy._reply(wire)
        self._step("shown")
        self._wait_for_card()
        if self.stopped:
            self.toy._say(wire, bytes.fromhex("061e016c"))
            return
        done = self._charge()
        self._step("charged")
        if play.bare:
            wire.send(bytes.fromhex("040f022700"))
        else:
            wire.send(self.toy._result(done, play.says_minor))
        self._step("result")
        self.toy._reply(wire)
        self.acknowledged = True
        self._step("acknowledged")
        for slip in self.toy._slips(blocks=play.blocks) if self.toy.bank.till_prints else ():
            wire.send(slip)
            self.toy._reply(wire)
        self._step("printed")
        if play.abort_after_result:
            self._take_back()
            self.toy._say(wire, bytes.fromhex("061e0105"))
            return
        wire.send(apdu("060f") if not play.declined else bytes.fromhex(f"061e01{play.declined:02x}"))
        self._step("completed")
        self.toy._reply(wire)

    def _step(self, step: str) -> None:
        self.play.at(step)
        if self.play.drop_at == step:
            self.wire.close(hard=self.play.hard)
            raise Gone
        if self.play.stall_at == step:
            self.wire.stall()
            raise Gone

    def _wait_for_card(self) -> None:
        end = time.monotonic() + self.play.slow_s
        while time.monotonic() < end and not self.stopped:
            command = self.wire.receive(0.02)
            if command is not None and command[:2] == b"\x06\xb0":
                self.toy.bank.aborts += 1
                self.wire.send(TAKEN if not self.play.ignores_abort else bytes.fromhex("848300"))
                self.stopped = not self.play.ignores_abort

    def _charge(self) -> Transaction:
        play, bank = self.play, self.toy.bank
        self.done = bank.book(self.minor, play.declined, repeats_minor=play.repeats_minor)
        if not play.declined:
            bank.charged.append(self.minor)
        return self.done

    def _alone(self) -> None:
        """The till is gone. What the terminal does then is its own affair."""
        if self.play.goes_on and self.done is None and not self.play.refused and not self.stopped:
            time.sleep(self.play.slow_s)
            self._charge()
            self.acknowledged = True
        if self.play.reverses and self.done is not None and not self.acknowledged:
            self._take_back()

    def _take_back(self) -> None:
        if self.done is not None and not self.done.result:
            self.toy.bank.charged.remove(self.minor)
            self.toy.bank.book(self.minor, 0, original=self.done.trace)


def apdu(control: str, data: bytes = b"") -> bytes:
    length = bytes([len(data)]) if len(data) < 255 else b"\xff" + len(data).to_bytes(2, "little")
    return bytes.fromhex(control) + length + data


def _bcd(number: int) -> bytes:
    return bytes.fromhex(f"{number:012d}")


def _paper(kind: int, *lines: bytes) -> bytes:
    """A whole paper in one block, for the merchant (1) or the customer (2)."""
    texts = b"".join(b"\x07" + bytes([len(line)]) + line for line in lines) + bytes.fromhex("090181")
    inside = bytes.fromhex(f"1f0701{kind:02d}") + b"\x25" + bytes([len(texts)]) + texts
    return apdu("06d3", b"\x06" + bytes([len(inside)]) + inside)


# ---- wires -----------------------------------------------------------------------------------


class _Wire:
    """Carries APDUs."""

    bytewise = False
    lasting = False

    def __init__(self, closing: threading.Event) -> None:
        self._closing = closing

    def send(self, message: bytes) -> None:
        raise NotImplementedError

    def receive(self, timeout_s: float = 60.0) -> bytes | None:
        raise NotImplementedError

    def close(self, *, hard: bool = False) -> None:
        raise NotImplementedError

    def stall(self) -> None:
        """Say nothing more, and hear nothing, until the till hangs up."""
        raise NotImplementedError


class _Tcp(_Wire):
    def __init__(self, connection: socket.socket, closing: threading.Event) -> None:
        super().__init__(closing)
        self._socket = connection
        self._socket.settimeout(0.02)
        self._bytes = b""

    def send(self, message: bytes) -> None:
        try:
            for part in [message[i : i + 1] for i in range(len(message))] if self.bytewise else [message]:
                self._socket.sendall(part)
                if self.bytewise:
                    time.sleep(0.001)
        except OSError as error:
            raise Gone from error

    def receive(self, timeout_s: float = 60.0) -> bytes | None:
        end = time.monotonic() + timeout_s
        while (size := self._size()) is None or len(self._bytes) < size:
            if self._closing.is_set():
                raise Gone
            if time.monotonic() > end:
                return None
            try:
                data = self._socket.recv(4096)
            except TimeoutError:
                continue
            except OSError as error:
                raise Gone from error
            if not data:
                raise Gone
            self._bytes += data
        message, self._bytes = self._bytes[:size], self._bytes[size:]
        return message

    def _size(self) -> int | None:
        return None if len(self._bytes) < 3 else 3 + self._bytes[2]

    def close(self, *, hard: bool = False) -> None:
        with contextlib.suppress(OSError):
            if hard:
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def stall(self) -> None:
        try:
            while not self._closing.is_set():
                try:
                    if not self._socket.recv(4096):
                        return
                except TimeoutError:
                    continue
        except OSError:
            return


@dataclass
class SerialFaults:
    """What goes wrong on a serial line, how many more times."""

    lost: bytes = b""  # the terminal's acknowledgement of a block that begins so gets lost, once
    damaged: int = 0  # blocks to the till
    broken_off: int = 0  # blocks to the till of which only half comes
    refused: int = 0  # blocks of the till, as damaged
    unheard: bytes = b""  # the acknowledgement of a block that begins so is missed, once
    asked_again: int = 0  # what has come of it: NAKs by the till
    repeated: int = 0  # and blocks that it sent again


@dataclass
class _Fd:
    fd: int

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.fd)


class _Serial(_Wire):
    """DLE framing, with the link's acknowledgements. The line lasts: it falls silent, and does not close."""

    lasting = True
    _WAIT_S: Final = 0.5

    def __init__(self, fd: int, closing: threading.Event, faults: SerialFaults) -> None:
        super().__init__(closing)
        self._fd, self._faults = fd, faults
        self._bytes = b""
        self._blocks: deque[bytes] = deque()  # not acknowledged yet
        self._last = b""
        self._owed = b""  # taken, and its acknowledgement was lost
        self._sent_since = True

    def send(self, message: bytes) -> None:
        self._sent_since = True
        check = _crc(message + b"\x03").to_bytes(2, "little")
        block = b"\x10\x02" + message.replace(b"\x10", b"\x10\x10") + b"\x10\x03" + check
        for _ in range(3):
            if self._faults.broken_off:
                self._faults.broken_off -= 1
                self._write(block[: len(block) // 2])
            elif self._faults.damaged:
                self._faults.damaged -= 1
                self._write(block[:-1] + bytes([block[-1] ^ 0xFF]))
            else:
                self._write(block)
            if self._acknowledged(message):
                return
        raise Gone

    def receive(self, timeout_s: float = 60.0) -> bytes | None:
        end = time.monotonic() + timeout_s
        while not self._closing.is_set():
            if time.monotonic() > end:
                return None
            if not self._blocks:
                self._listen()
                continue
            block = self._blocks.popleft()
            if block == self._last and not self._sent_since:
                self._faults.repeated += 1
                self._write(b"\x06")
            elif self._faults.refused:
                self._faults.refused -= 1
                self._write(b"\x15")
            else:
                self._last, self._sent_since = block, False
                if self._faults.lost and block.startswith(self._faults.lost):
                    self._faults.lost, self._owed = b"", block
                else:
                    self._write(b"\x06")
                return block
        raise Gone

    def close(self, *, hard: bool = False) -> None:
        pass

    def stall(self) -> None:
        pass

    def _acknowledged(self, message: bytes) -> bool:
        end = time.monotonic() + self._WAIT_S
        while time.monotonic() < end and not self._closing.is_set():
            answer = self._listen()
            if answer == b"\x06" and self._faults.unheard and message.startswith(self._faults.unheard):
                self._faults.unheard = b""
            elif answer:
                self._faults.asked_again += answer == b"\x15"
                return answer == b"\x06"
        return False

    def _listen(self) -> bytes:
        """Read a little; the acknowledgement that came, if one did."""
        if select.select([self._fd], [], [], 0.01)[0]:
            try:
                self._bytes += os.read(self._fd, 4096)
            except OSError as error:
                raise Gone from error
        while self._bytes:
            first = self._bytes[:1]
            if first in (b"\x06", b"\x15"):
                self._bytes = self._bytes[1:]
                return first
            if not self._take_block():
                break
        return b""

    def _take_block(self) -> bool:
        """Undo the frame of the block at the beginning, when all of it has come."""
        ix, body = 2, b""
        while ix + 3 < len(self._bytes):
            pair = self._bytes[ix : ix + 2]
            if pair == b"\x10\x03":
                check = int.from_bytes(self._bytes[ix + 2 : ix + 4], "little")
                self._bytes = self._bytes[ix + 4 :]
                assert check == _crc(body + b"\x03"), "the till sent a wrong checksum"
                if body == self._owed:
                    self._owed = b""
                    self._faults.repeated += 1
                    self._write(b"\x06")
                else:
                    self._blocks.append(body)
                return True
            body += self._bytes[ix : ix + 1]
            ix += 2 if pair == b"\x10\x10" else 1
        return False

    def _write(self, data: bytes) -> None:
        os.write(self._fd, data)


def _crc(data: bytes) -> int:
    """CRC-16 of ISO/IEC 13239 without inversion, a table's row at a time (Kermit)."""
    value = 0
    for byte in data:
        low = (value ^ byte) & 0xFF
        low ^= (low << 4) & 0xFF
        value = (value >> 8) ^ (low << 8) ^ (low << 3) ^ (low >> 4)
    return value
