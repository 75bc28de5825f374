"""A process of its own: the till next door, which keeps a copy of what T1 sells. Says when it listens; ends with its
input."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pos.domain.certificate import Hand
from pos.domain.lockbox import unlock
from pos.store.copyshelf import CopyShelf
from sync.agent.neighbour_window import NeighbourWindow
from tests.wire.agent.till import Journal, Keys

SECRET = b"\x02" * 32  # of the till next door


def main(listen: str, giver_key: str, folder: str) -> None:
    keys = Keys()
    keys.private = Ed25519PrivateKey.from_private_bytes(SECRET)
    journal = Journal(keys, "T2")
    journal.neighbours["T1"] = (Hand("T1", 1), bytes.fromhex(giver_key))
    window = NeighbourWindow(journal, keys, "T2", listen, CopyShelf(Path(folder), lambda box: unlock(box, SECRET)))
    window.start()
    while window.state["state"] != "ready":
        time.sleep(0.01)
    print("ready", flush=True)
    sys.stdin.read()
    window.stop()
