"""What a program really wrote and synced: its system calls, recorded by strace, read back."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

_CALLS: Final = "write,pwrite64,fsync,fdatasync,ftruncate,unlink,unlinkat,rename,renameat,renameat2"
FOLDER: Final = "."
STDOUT: Final = "<stdout>"
SOCKET: Final = "<socket>"
_LINE: Final = re.compile(r"(\d+) +(.*)")
_RESUMED: Final = re.compile(r"<\.\.\. \w+ resumed>(.*)")
_CALL: Final = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_FILE: Final = re.compile(r"(\d+)<((?:\\x[0-9a-f]{2})*)>")
_TEXT: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Op:
    """One system call that came to its end. `name` is the file's name in the watched folder, FOLDER for
    the folder itself, STDOUT or SOCKET for what was said there; `at` is an offset, or the length of a
    truncation. "unsynced": a sync that failed."""

    kind: Literal["write", "sync", "unsynced", "truncate", "unlink", "said"]
    name: str
    at: int = 0
    data: bytes = b""


def available() -> str:
    """Why strace cannot be used here, "" when it can."""
    try:
        done = subprocess.run(
            ["strace", "-f", "--seccomp-bpf", "-e", "trace=fsync", "-o", "/dev/null", "true"],
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return "strace is not installed"
    return "" if done.returncode == 0 else f"strace cannot attach: {done.stderr.strip()}"


def command(log: Path, failing: str = "", *, beside: bool = False) -> list[str]:
    """What goes before a program's own command.

    `failing`: which of each thread's syncs fail (EIO), as strace's `when=` puts it. `beside`: the recorder is no
    parent of the program, which so gets its signals; `ended` tells when it has written all.
    """
    words = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "4194304", "-e", f"trace={_CALLS}"]
    faults = ["-e", f"inject=fsync,fdatasync:error=EIO:when={failing}"] if failing else []
    return [*words, *faults, *(["-D"] if beside else []), "-o", str(log)]


def ended(log: Path) -> bool:
    """Whether the end of the program itself, the first that was seen, is written down."""
    lines = log.read_text("ascii").splitlines()
    return lines[-1].startswith(lines[0].split()[0]) and "+++ exited with" in lines[-1]


def read(log: Path, folder: Path, database: str = "ledger.db") -> list[Op]:
    """The calls on a database's files in `folder`, on standard output and sockets, in the order in which they ended.

    Raises ValueError for a call that writes to the database in a way that is not understood here.
    """
    return [op for line in _whole(log) if (op := _op(line, str(folder.resolve()), database)) is not None]


def _whole(log: Path) -> Iterator[str]:
    """Calls that strace tells in two parts, since another thread came between, put together."""
    begun: dict[str, str] = {}
    with log.open(encoding="ascii") as lines:
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue
            thread, text = found.groups()
            if text.endswith("<unfinished ...>"):
                begun[thread] = text.removesuffix("<unfinished ...>").rstrip()
            elif (rest := _RESUMED.match(text)) is not None:
                yield begun.pop(thread) + rest[1]
            else:
                yield text


def _op(text: str, folder: str, database: str) -> Op | None:
    found = _CALL.match(text)
    if found is None:
        return None
    call, arguments, result = found[1], found[2], int(found[3])
    if result < 0 and call not in ("fsync", "fdatasync"):
        return None
    if call.startswith(("unlink", "rename")):
        paths = [_plain(path) for path in _TEXT.findall(arguments)]
        inside = [path for path in paths if path.startswith(f"{folder}/{database}")]
        if inside and call.startswith("rename"):
            raise ValueError(f"a database is renamed: {paths}")
        return Op("unlink", Path(inside[0]).name) if inside else None
    file = _FILE.match(arguments)
    if file is None:
        return None
    path = _plain(file[2])
    texts = _TEXT.findall(arguments)
    data = bytes.fromhex(texts[0].replace("\\x", "")) if texts else b""
    if call == "write" and (file[1] == "1" or path.startswith("socket:")):
        return Op("said", STDOUT if file[1] == "1" else SOCKET, data=data)
    if path == folder and call in ("fsync", "fdatasync"):
        return Op("sync", FOLDER)
    name = path.removeprefix(folder + "/")
    if name == path or not name.startswith(database) or name.endswith("-shm"):
        return None  # the index of the WAL is memory shared, and made anew after a crash
    return _file_op(call, name, arguments, data, result)


def _file_op(call: str, name: str, arguments: str, data: bytes, result: int) -> Op:
    last = int(arguments.rsplit(", ", 1)[-1]) if call in ("pwrite64", "ftruncate") else 0
    match call:
        case "pwrite64":
            return Op("write", name, last, data[:result])
        case "ftruncate":
            return Op("truncate", name, last)
        case "fsync" | "fdatasync":
            return Op("sync" if result == 0 else "unsynced", name)
    raise ValueError(f"{call} on {name} is not understood")


def _plain(escaped: str) -> str:
    return bytes.fromhex(escaped.replace("\\x", "")).decode("utf-8", "surrogateescape")
