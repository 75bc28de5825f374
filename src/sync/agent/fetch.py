"""Fetching whole things into the replica: a snapshot, a show's places, a plan."""

from __future__ import annotations

import logging
from typing import Any, Final
from urllib.parse import quote

from pos.store.replica import LayoutMoved, Needs, ReplicaWriter, Snapshot
from sync import wire
from sync.agent.link import Channel
from sync.agent.trouble import Trouble

log = logging.getLogger(__name__)

ANSWER_S: Final = 8.0  # until it begins: a line that is lost meanwhile has to show, too
BODY_S: Final = 300.0  # a stadium's plan and columns are about 1 MB each, minutes on a bad line
TRIES: Final = 3


def plan(channel: Channel, version: str) -> bytes:
    """A plan's blob. Raises Trouble."""
    return channel.call("GET", f"/v1/plan/{quote(version, safe='')}", b"", ANSWER_S, BODY_S)


def places(channel: Channel, show: str) -> wire.PlacesAnswer:
    """Every place of a show. Raises Trouble."""
    answer = channel.ask("/v1/places", wire.PlacesRequest(show=show), wire.PlacesAnswer, ANSWER_S, BODY_S)
    if answer.show != show:
        raise Trouble("not_our_office", f"/v1/places: {answer.show!r} came for {show!r}")
    return answer


def needed(channel: Channel, needs: Needs) -> tuple[dict[str, bytes], list[wire.PlacesAnswer]]:
    """What a page of changes calls for. Raises Trouble."""
    return {version: plan(channel, version) for version in needs.plans}, [places(channel, show) for show in needs.shows]


def snapshot(channel: Channel, writer: ReplicaWriter) -> int:
    """Everything anew, in one transaction; the cursor. Raises Trouble, Unreadable or ReplicaUnavailable."""
    for attempt in range(1, TRIES + 1):
        try:
            with writer.snapshot() as begun:
                return _fill(channel, begun)
        except LayoutMoved as moved:
            log.info("the season changed while it was fetched (%s), attempt %d", moved, attempt)
    raise Trouble("office_refuses", "its places and its documents do not fit each other")


def _fill(channel: Channel, begun: Snapshot) -> int:
    answer = channel.ask("/v1/snapshot", wire.Message(), wire.SnapshotAnswer, ANSWER_S, BODY_S)
    begun.documents(answer.documents, answer.cursor, answer.generation)
    shows = [item for item in answer.documents if item.family == "show"]
    for version in sorted({str(show.body.get("plan_version") or "") for show in shows} - {""}):
        if not begun.has_plan(version):
            begun.plan(version, plan(channel, version))
    for show in shows:
        begun.show(places(channel, show.id))
    after = ""
    while True:
        page = channel.ask("/v1/sales", wire.SalesRequest(after=after), wire.SalesAnswer, ANSWER_S, BODY_S)
        begun.sales(page.sales)
        if not page.more:
            log.info("fetched a snapshot: %d documents, %d shows", len(answer.documents), len(shows))
            return answer.cursor
        after = _last_id(page.sales, after)


def _last_id(sales: list[dict[str, Any]], after: str) -> str:
    """Where the next page begins. Raises Trouble when it would not come any further."""
    last = str(sales[-1].get("id", "")) if sales else ""
    if last <= after:
        raise Trouble("not_our_office", "/v1/sales: its pages do not go on")
    return last
