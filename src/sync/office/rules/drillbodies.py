"""Bodies of the facts about drills and about what was learned from them."""

from __future__ import annotations

from typing import Literal

from sync.office.rules.bodytypes import Id, RecordBody, RecordedBody


class DrillBody(RecordBody):
    person: Id
    state: Literal["done", "broken_off"]


class DrillHeldBody(RecordedBody):
    record: DrillBody


class PlanActionBody(RecordBody):
    action: Id
    state: Literal["open", "done", "dropped"]


class PlanActionChangedBody(RecordedBody):
    record: PlanActionBody
