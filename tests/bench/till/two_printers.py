"""Run by its path: two receipt printers, whose ports it prints, until its input ends."""

from __future__ import annotations

import sys

from pos.data import resource
from pos.demo.tcp_printer import TcpPrinter

if __name__ == "__main__":
    font = resource("fonts", "wqy-microhei.ttc").read_bytes()
    printers = [TcpPrinter(font, came_out=lambda piece: None, drawer=lambda pin: None) for _ in range(2)]
    print(*[printer.port for printer in printers], flush=True)
    sys.stdin.read()
    for printer in printers:
        printer.close()
