"""Which devices there are and what waits for them, which one is marked, and what is being set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from pos.domain.errors import Refused
from pos.settings import DEVICES
from pos.ui.bridge import Answer
from pos.ui.devicenames import device_names, job_states
from pos.ui.devices.model import Device, Waiting, in_order
from pos.ui.i18n import told, tr, tr_count
from pos.ui.session import Session

_LOOK_S: Final = 2  # how often the till is asked while the screen is shown
PRINTERS: Final = ("printer.ticket", "printer.receipt")
# What a person is asked about a device; a device may have more in till.toml, which stays as it is.
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "printer.ticket": ("transport", "profile", "layout"),
    "printer.receipt": ("transport", "profile", "layout"),
    "drawer": ("via", "transport", "kick", "open_when", "left_open_s"),
    "terminal": ("transport", "password"),
    "scanner": ("transport",),
    "card_reader": ("transport",),
    "customer_display": ("kind", "transport"),
}
_FIXED: Final = {"terminal": {"protocol": "zvt"}}
_NUMBERS: Final = ("left_open_s",)
_SECRET: Final = "password"


@dataclass
class Draft:
    """What is being typed about a device. `found` are addresses to choose from."""

    device: str
    values: dict[str, str]
    new: bool
    found: list[tuple[str, str]] = field(default_factory=list)


class DevicesPresenter(QObject):
    """Devices first, then the paper that is not printed yet; one of all of them is marked.

    Enter tries a device out, or prints a failed job again. Supervisors and admins set devices up.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.devices: list[Device] = []
        self.waiting: list[Waiting] = []
        self.choices: dict[str, list[str]] = {}
        self.may_set_up = False
        self.marked = ""  # a device's name, or a job's number
        self.draft: Draft | None = None
        self.adding = False  # choosing what to add
        self.shown = False
        self.asking = self.sure = False
        self.problem = self.said = ""
        self._read_at = session.now
        session.heard.connect(self._heard)
        session.ticked.connect(self._tick)

    # ---- what there is -----------------------------------------------------------------

    def refresh(self) -> None:
        if self.session.person is not None:
            self.session.bridge.latest("devices", "devices", self._got_devices, self._refused)
            self.session.bridge.latest("waiting", "jobs", self._got_jobs, self._refused)

    def _got_devices(self, answer: Answer) -> None:
        self._read_at = self.session.now
        self.devices = [Device.read(doc) for doc in answer["devices"]]
        self.choices, self.may_set_up = answer["choices"], answer["may_set_up"]
        self._mark_something()

    def _got_jobs(self, answer: Answer) -> None:
        self.waiting = [Waiting.read(doc) for doc in answer["jobs"] if doc["state"] != "done"]
        self._mark_something()

    def _mark_something(self) -> None:
        keys = self._keys()
        if self.marked not in keys and not self.draft:
            self.marked = keys[0] if keys else ""
        self.changed.emit()

    def _heard(self, event: Answer) -> None:
        if self.shown and event.get("event") in ("device", "devices", "drawer", "printed", "paper", "print_unknown"):
            self.refresh()

    def _tick(self) -> None:
        if self.shown and self.session.now.second % _LOOK_S == 0:
            self.refresh()

    @property
    def device(self) -> Device | None:
        return next((one for one in self.devices if one.name == self.marked), None)

    @property
    def job(self) -> Waiting | None:
        return next((one for one in self.waiting if str(one.job) == self.marked), None)

    def ago(self, seconds: float | None) -> str:
        """ "4 s ago", by now; "never"."""
        if seconds is None:
            return tr("never")
        passed = seconds + (self.session.now - self._read_at).total_seconds()
        return tr("{span} ago", span=self.session.formats.span(passed))

    def name(self, device: str) -> str:
        return device_names().get(device, device)

    def setting(self, key: str, value: object) -> str:
        """A setting's value in words; printers by their names."""
        return self.name(str(value)) if key == "via" else str(value)

    def where(self, device: Device) -> str:
        """A device's settings in one line."""
        if "via" in device.values:
            return tr("hangs on {printer}", printer=self.setting("via", device.values["via"]))
        return " · ".join(self.setting(key, value) for key, value in in_order(device.values))

    def what(self, job: Waiting) -> str:
        """What a job is: "2 tickets", "Receipt"."""
        if job.tickets:
            return tr_count("%n ticket", "%n tickets", job.tickets)
        return {"receipt": tr("Receipt"), "z_report": tr("Report")}.get(job.kind, tr("Print job"))

    def state(self, job: Waiting) -> str:
        return job_states().get(job.state, job.state)

    def age(self, job: Waiting) -> str:
        return "" if job.at is None else self.session.formats.span((self.session.now - job.at).total_seconds())

    # ---- marking -----------------------------------------------------------------------

    def _keys(self) -> list[str]:
        return [one.name for one in self.devices] + [str(one.job) for one in self.waiting]

    def mark(self, key: str) -> None:
        if self.draft is None and key in self._keys() and key != self.marked:
            self.marked, self.sure, self.adding, self.problem, self.said = key, False, False, "", ""
            self.changed.emit()

    def step(self, by: int) -> None:
        keys = self._keys()
        if keys:
            at = keys.index(self.marked) if self.marked in keys else 0
            self.mark(keys[max(0, min(len(keys) - 1, at + by))])

    def close(self) -> bool:
        """Esc: forget what is being typed. True if there was something to leave."""
        had = self.draft is not None or self.adding or self.sure
        self.draft, self.adding, self.sure, self.problem, self.said = None, False, False, "", ""
        self._mark_something()
        return had

    # ---- trying out, and paper ------------------------------------------------------------

    def test(self) -> None:
        """Try the marked device out."""
        if self.device is not None and self.draft is None:
            self.said = tr("Trying…")
            self._ask("device_test", self._tested, device=self.device.name)

    def _tested(self, answer: Answer) -> None:
        words = {"done": tr("It works: {text}"), "failed": tr("It does not work: {text}")}
        template = words.get(answer["outcome"], tr("It is not known whether it works: {text}"))
        self.said = template.format(text=told(answer["text"]))
        if answer["outcome"] != "done":
            self.problem, self.said = self.said, ""
        self.refresh()

    def retry(self) -> None:
        """Print the marked job again, when it failed."""
        if self.job is not None and self.job.state == "failed":
            self._ask("retry", lambda _: self.refresh(), job=self.job.job)

    def other(self, printer: str) -> str:
        """The other printer, if there is one."""
        return next((one.name for one in self.devices if one.name in PRINTERS and one.name != printer), "")

    def move(self, *, all_: bool = False) -> None:
        """Print the marked job at the other printer; or all that waits with it."""
        job = self.job
        if job is None or not job.moves or not (to := self.other(job.printer)):
            return
        if all_:
            self._ask("move_jobs", self._moved, printer=job.printer, to=to)
        else:
            self._ask("move_job", self._moved, job=job.job, to=to)

    def _moved(self, answer: Answer) -> None:
        count = len(answer["moved"])
        text = tr_count("%n print job goes to {printer}.", "%n print jobs go to {printer}.", count)
        self.session.toast.emit("good", text.format(printer=self.name(answer["to"])))
        if answer["left"]:
            self.problem = "; ".join(told(row["reason"]) for row in answer["left"])
        self.refresh()

    # ---- setting up ----------------------------------------------------------------------

    @property
    def addable(self) -> list[str]:
        """Devices that this till does not have yet."""
        have = {one.name for one in self.devices}
        return [name for name in DEVICES if name not in have]

    def add(self) -> None:
        """Choose what to add."""
        if self.may_set_up and self.draft is None and self.addable:
            self.adding, self.sure, self.problem, self.said = True, False, "", ""
            self.changed.emit()

    def change(self, device: str = "") -> None:
        """Begin to set up the marked device, or one that is not there yet."""
        if not self.may_set_up or self.draft is not None:
            return
        known = self.device if not device else None
        name = device or (known.name if known is not None else "")
        if name in _FIELDS:
            values = known.values if known is not None else {}
            defaults = {"profile": "generic-escpos-58", "via": "printer.receipt", "kind": "window"}
            defaults["layout"] = "ticket-standard" if name == "printer.ticket" else "receipt-standard"
            typed = {key: str(values.get(key, "" if known else defaults.get(key, ""))) for key in _FIELDS[name]}
            self.draft, self.adding, self.problem, self.said = Draft(name, typed, known is None), False, "", ""
            self.changed.emit()

    def type(self, key: str, text: str) -> None:
        if self.draft is not None:
            self.draft.values[key], self.problem = text, ""

    def options(self, key: str) -> list[str]:
        """What a field may be, where that is known; empty is none."""
        printers = [one.name for one in self.devices if one.name in PRINTERS]
        fixed = {"via": [*printers, ""], "kind": ["window", "escpos", "none"], "open_when": ["", "high", "low"]}
        return self.choices.get(key) or fixed.get(key, [])

    def find(self) -> None:
        """Look for what is plugged in, and ask at the address being typed if it is one of a network."""
        if self.draft is None:
            return
        typed = self.draft.values.get("transport", "").removeprefix("tcp://").strip()
        asked = [typed] if typed and "/" not in typed else []
        self.said = tr("Looking…")
        self._ask("device_find", self._found, addresses=asked)

    def _found(self, answer: Answer) -> None:
        if self.draft is not None:
            self.draft.found = [(row["address"], told(row["text"])) for row in answer["found"]]
            self.said = "" if self.draft.found else tr("Nothing is plugged in. Type an address to ask there.")
        self.changed.emit()

    def take(self, chosen: str) -> None:
        """An address of those that were found, or the device that is to be added."""
        if self.adding:
            self.change(chosen)
            return
        self.type("transport", chosen)
        self.changed.emit()

    def save(self) -> None:
        """Set the device up as typed. Empty fields are left out; a password left empty stays as it is."""
        draft = self.draft
        if draft is None or self.asking:
            return
        values: dict[str, Any] = dict(_FIXED.get(draft.device, {})) if draft.new else {}
        for key, text in draft.values.items():
            if text.strip():
                values[key] = int(text) if key in _NUMBERS and text.strip().isdecimal() else text.strip()
            elif key != _SECRET and not draft.new:
                values[key] = None
        self._ask("device_put", self._saved, device=draft.device, values=values)

    def _saved(self, answer: Answer) -> None:
        self.marked, self.draft = answer["device"], None
        self._in_force(answer)

    def remove(self) -> None:
        """Take the marked device away; asked twice."""
        if not self.may_set_up or self.device is None or self.draft is not None or self.asking:
            return
        if not self.sure:
            self.sure = True
            self.problem = tr("Take {name} away? F4 once more does it.", name=self.name(self.marked))
            self.changed.emit()
            return
        self._ask("device_remove", self._in_force, device=self.marked)

    def _in_force(self, answer: Answer) -> None:
        now = tr("{name}: in force.", name=self.name(answer["device"]))
        later = tr("{name}: in force from the next start.", name=self.name(answer["device"]))
        self.sure, self.problem = False, ""
        self.session.toast.emit("good", now if answer["now"] else later)
        self.refresh()

    # ---- asking --------------------------------------------------------------------------

    def _ask(self, verb: str, done: Any, **fields: Any) -> None:
        if self.asking:
            return
        self.asking, self.problem = True, ""
        self.session.bridge.call(verb, done, self._refused, self._ended, **fields)
        self.changed.emit()

    def _ended(self) -> None:
        self.asking, self.said = False, ""
        self.changed.emit()

    def _refused(self, refusal: Refused) -> None:
        self.problem, self.said = self.session.sentence(refusal), ""
        self.changed.emit()
