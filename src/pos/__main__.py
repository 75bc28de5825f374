"""The command line: the window, the headless face, enrolment, the demo, verify, devices."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pos
from pos.settings import BadSettings, Settings, read_settings
from pos.store import LEDGER


def main() -> int:
    """Run the `housefull` command; its exit code. 2 means it was called or set up wrongly."""
    arguments = _parser().parse_args()
    try:
        match arguments.command:
            case "demo":
                from pos.app.demo import run_demo

                return run_demo(arguments.data, headless=arguments.headless)
            case "verify":
                from pos.store.verify import report

                return report(_folder(arguments.data), sys.stdout)
            case "devices":
                return _devices(arguments)
            case "seal":
                return _seal(_folder(arguments.data), arguments.out)
            case "journal":
                return _journal(_folder(arguments.data), arguments.ledger, arguments.out)
            case "backup":
                return _backup(_folder(arguments.data), arguments.to, arguments.keep)
            case "restore":
                return _restore(_folder(arguments.data), arguments.file, force=arguments.force)
        if arguments.enrol:
            url, code = arguments.enrol
            return _enrol(_folder(arguments.data), url, code, arguments.ca_file, arguments.plain_http)
        if arguments.training:
            return _training(_folder(arguments.data), headless=arguments.headless)
        if arguments.drill:
            return _training(_folder(arguments.data), headless=arguments.headless, drill=True)
        if arguments.headless:
            return _headless(_folder(arguments.data))
        from pos.app.window import run_window

        return run_window(_folder(arguments.data))
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="housefull", description="The open-source ticket window.")
    parser.add_argument("--version", action="version", version=f"housefull {pos.__version__}")
    parser.add_argument("--data", type=Path, help="the data folder (default: the platform's)")
    parser.add_argument("--headless", action="store_true", help="speak JSON lines instead of opening a window")
    parser.add_argument("--drill", action="store_true", help="hold the drill that was ordered (docs/contingency.md)")
    parser.add_argument("--training", action="store_true", help="practise: nothing sold is real (docs/training.md)")
    parser.add_argument("--enrol", nargs=2, metavar=("URL", "CODE"), help="join an office, then exit")
    parser.add_argument("--ca-file", type=Path, help="with --enrol: certificates to trust, in PEM")
    parser.add_argument("--plain-http", action="store_true", help="with --enrol: allow http:// beyond this machine")
    commands = parser.add_subparsers(dest="command")
    for name, words in (
        ("demo", "an evening to try"),
        ("verify", "check a till's journal, drawer and replica"),
        ("seal", "end a dead till on its own disk, for good, and write its journal for the office"),
        ("journal", "write a till's journal, or a copy's, for the office; the till stays as it is"),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("--data", type=Path, default=argparse.SUPPRESS)
        if name == "demo":
            command.add_argument("--headless", action="store_true", default=argparse.SUPPRESS)
        if name in ("seal", "journal"):
            command.add_argument("--out", type=Path, required=True, metavar="FILE", help="for housefull-office absorb")
        if name == "journal":
            command.add_argument(
                "--ledger", default=LEDGER, metavar="NAME", help="in the folder (default: %(default)s)"
            )
    _backup_commands(commands)
    devices = commands.add_parser("devices", help="help with devices").add_subparsers(dest="devices", required=True)
    decode = devices.add_parser("decode", help="read one hexadecimal message a line, write JSON")
    decode.add_argument("protocol", metavar="PROTOCOL")
    listed = devices.add_parser("list", help="how each device of this till is now, and what else is plugged in")
    listed.add_argument("--address", action="append", default=[], metavar="HOST[:PORT]", help="ask there, too")
    tested = devices.add_parser("test", help="print a test page, open the drawer, ask the terminal")
    tested.add_argument("name", metavar="NAME", help="as in till.toml: printer.ticket, drawer, terminal, …")
    for command in (listed, tested):
        command.add_argument("--data", type=Path, default=argparse.SUPPRESS)
    return parser


def _backup_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="back up the data folder, while the till sells, too")
    backup.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="where backups of tills lie")
    backup.add_argument(
        "--keep", type=_at_least_one, default=96, metavar="N", help="of this till's there (default: %(default)s)"
    )
    restore = commands.add_parser("restore", help="put a backup in place of the data folder")
    restore.add_argument("--from", dest="file", type=Path, required=True, metavar="FILE", help="from housefull backup")
    restore.add_argument("--force", action="store_true", help="set aside what is in the data folder")
    for command in (backup, restore):
        command.add_argument("--data", type=Path, default=argparse.SUPPRESS)


def _at_least_one(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def _devices(arguments: argparse.Namespace) -> int:
    if arguments.devices == "decode":
        from pos.app.technician import UnknownProtocol, decode_lines

        try:
            decode_lines(arguments.protocol, sys.stdin.buffer, sys.stdout.buffer)
        except UnknownProtocol as error:
            _say(str(error))
            return 2
        return 0
    settings = _settings(_folder(arguments.data))
    if settings is None:
        return 2
    from pos.app.workbench import list_devices, test_device
    from pos.domain.errors import Unreadable

    try:
        if arguments.devices == "list":
            return list_devices(settings, arguments.address, _print)
        return test_device(settings, arguments.name, _print)
    except Unreadable as error:
        _say(str(error))
        return 2


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _folder(given: Path | None) -> Path:
    if given is not None:
        return given
    from platformdirs import user_data_path

    return user_data_path("housefull", appauthor=False)


def _settings(folder: Path) -> Settings | None:
    """The settings, or None after having said why there are none."""
    try:
        return read_settings(folder)
    except FileNotFoundError:
        _say(f"{folder} has no till.toml: join an office first, housefull --data {folder} --enrol URL CODE")
    except BadSettings as error:
        _say(str(error))
    return None


def _enrol(folder: Path, url: str, code: str, ca_file: Path | None, plain_http: bool) -> int:
    from pos.app.joining import EnrolFailed, join
    from pos.store.identity import FolderInUse, IdentityLost

    try:
        enrolled = join(folder, url, code, ca_file=ca_file, plain_http=plain_http)
    except (EnrolFailed, FolderInUse, IdentityLost, OSError) as error:
        _say(str(error))
        return 1
    sys.stdout.write(f"enrolled as {enrolled.till}\n")
    return 0


def _seal(folder: Path, out: Path) -> int:
    from pos.app.sealing import CannotSeal, JournalUnreadable, seal_folder
    from pos.domain.errors import Refused
    from pos.store.identity import FolderInUse

    try:
        copied = seal_folder(folder, out)
    except (CannotSeal, JournalUnreadable, FolderInUse, Refused, RuntimeError, OSError) as error:
        _say(str(error))
        return 1
    sys.stdout.write(f"till {copied.till}.{copied.incarnation} is sealed with {copied.facts} facts: absorb {out}\n")
    if copied.open_shift:
        sys.stdout.write(f"shift {copied.open_shift} is open: its drawer still has to be counted\n")
    return 0


def _journal(folder: Path, ledger: str, out: Path) -> int:
    from pos.app.sealing import JournalUnreadable, copy_journal

    try:
        copied = copy_journal(folder / ledger, out)
    except (JournalUnreadable, OSError) as error:
        _say(str(error))
        return 1
    sys.stdout.write(f"till {copied.till}.{copied.incarnation}: {copied.facts} facts in {out}\n")
    return 0


def _backup(folder: Path, to: Path, keep: int) -> int:
    from pos.app.backups import back_up
    from pos.store.backup import CannotBackUp

    try:
        made = back_up(folder, to, keep)
    except CannotBackUp as error:
        _say(str(error))
        return 1
    gone = f"; {made.removed} older removed" if made.removed else ""
    sys.stdout.write(f"till {made.manifest.till}: {made.manifest.number} facts in {made.file}{gone}\n")
    return 0


def _restore(folder: Path, file: Path, *, force: bool) -> int:
    from pos.store.identity import FolderInUse
    from pos.store.restore import CannotRestore, restore

    try:
        done = restore(folder, file, force=force)
    except (CannotRestore, FolderInUse) as error:
        _say(str(error))
        return 1
    made = done.manifest
    sys.stdout.write(f"till {made.till} is restored as it was at {made.at}, with {made.number} facts\n")
    if done.aside is not None:
        sys.stdout.write(f"what was there is in {done.aside}\n")
    if not done.missing:
        sys.stdout.write("nothing was done here after it: the till may sell\n")
        return 0
    sys.stdout.write(f"it may not sell: {done.missing}. Enrol it again:\n")
    sys.stdout.write(f"  housefull-office enrol {made.till} --replace --db …   # also tells how many facts are there\n")
    sys.stdout.write(f"  housefull --data {folder} --enrol URL CODE\n")
    if done.last is not None:
        sys.stdout.write(
            f"Facts {made.number + 1} to {done.last} are not in the backup; those that the office has not are missing\n"
        )
    sys.stdout.write(
        "If the old disk can be read: housefull journal --data OLD --out FILE, and housefull-office absorb\n"
    )
    return 0


def _headless(folder: Path) -> int:
    from pos.domain.errors import Unreadable

    settings = _settings(folder)
    if settings is None:
        return 2
    from contextlib import ExitStack

    from pos.app.counter import Till
    from pos.app.logs import log_to
    from pos.app.own_office import own_office
    from pos.embedded import OfficeFailed
    from pos.headless import Headless
    from pos.store.identity import FolderInUse, IdentityLost

    log_to(folder)
    with ExitStack() as ends:
        try:
            office = own_office(settings)
            if office is not None:
                ends.callback(office.stop)
            till = Till(settings)
        except (Unreadable, FolderInUse, IdentityLost, OfficeFailed, ValueError, RuntimeError) as error:
            _say(str(error))
            return 2
        ends.callback(till.close)
        Headless(till.front, settings.till, sys.stdin.buffer, sys.stdout.buffer).serve(till.go_online)
    return 0


def _training(folder: Path, *, headless: bool, drill: bool = False) -> int:
    if not headless:
        from pos.app.training.window import run_training

        return run_training(folder, drill=drill)
    from contextlib import ExitStack

    from pos.app.logs import log_to
    from pos.app.training.drill import training_till
    from pos.app.training.world import FAILURES
    from pos.headless import Headless

    with ExitStack() as ends:
        try:
            world, make = training_till(folder, drill=drill)
            log_to(world.folder)
            ends.callback(world.close)
            opened = world.open()
            till = make(opened)
        except FAILURES as error:
            _say(str(error))
            return 2
        ends.callback(till.close)
        Headless(till.front, opened.settings.till, sys.stdin.buffer, sys.stdout.buffer).serve(till.go_online)
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"housefull: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
