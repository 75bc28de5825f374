"""The tables, as the migrations leave them (a test holds the two together).

Times are epoch seconds by the office's clock where they are compared, ISO 8601 text
where a person reads them. Amounts are whole minor units. JSON is stored as text.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Float, Index, Integer, LargeBinary, MetaData, String, Table, Text, text

METADATA: Final = MetaData()

# One row: the office's own key, made at first use.
OFFICE = Table(
    "office",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("private_key", LargeBinary, nullable=False),
    Column("created_at", Text, nullable=False),
)

# One row. Whoever appends to the change log takes `position` under this row's lock, in the same transaction, so that
# positions have no gaps and become visible in order. `signal` rises whenever a recall is opened or answered.
CHANGE_HEAD = Table(
    "change_head",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("signal", BigInteger, nullable=False),
)

CHANGE_LOG = Table(
    "change_log",
    METADATA,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String, nullable=False),
    Column("family", String, nullable=False),
    Column("doc_id", String, nullable=False),
    Column("show_id", String, nullable=False),
    Column("body", Text, nullable=False),
)

DOCUMENT = Table(
    "document",
    METADATA,
    Column("family", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("body", Text, nullable=False),
)

# Plans by version (the hash of their content), as `Plan.to_bytes` writes them.
PLAN = Table(
    "plan",
    METADATA,
    Column("version", String, primary_key=True),
    Column("blob", LargeBinary, nullable=False),
)

# One row for every place of every show. `incarnation` is the holder's, 0 when the holder is
# not a till. `ticket` is the live ticket of a SOLD place, the hold of a HELD one.
RIGHT = Table(
    "place_right",
    METADATA,
    Column("show_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("ix", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("holder", String, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("hop", Integer, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("ticket", String, nullable=False),
    Index("held_place", "ticket", sqlite_where=text("state = 'HELD'"), postgresql_where=text("state = 'HELD'")),
)

# The last token of a place that was taken away, for when it is there again: tills remember the highest they have seen.
RETIRED = Table(
    "retired",
    METADATA,
    Column("show_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("hop", Integer, nullable=False),
)

TILL = Table(
    "till",
    METADATA,
    Column("id", String, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("applied", BigInteger, nullable=False),
    Column("head_hash", String, nullable=False),
    Column("state", String, nullable=False),
    Column("enrolled_at", Text, nullable=False),
    # The change log's position at which tills are told of its fence, 0 while it is ACTIVE.
    Column("fenced_at", BigInteger, nullable=False, server_default="0"),
    Index(
        "one_active_incarnation",
        "id",
        unique=True,
        sqlite_where=text("state = 'ACTIVE'"),
        postgresql_where=text("state = 'ACTIVE'"),
    ),
)

# When a till last spoke. Apart from `till`, whose row a push keeps locked.
PRESENCE = Table(
    "presence",
    METADATA,
    Column("till", String, primary_key=True),
    Column("last_seen", Float, nullable=False),
)

# How far a till has heard, by its last pull, and its last fact at that moment. `settled` is the
# highest position by which it had told all that it did before: what rests on a till's having
# heard of something asks for this. Apart from `till`, as `presence` is.
HEARD = Table(
    "heard",
    METADATA,
    Column("till", String, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("cursor", BigInteger, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("settled", BigInteger, nullable=False),
)

# What a person released from the hands of a till that may not act any more, under the token that it
# had there. `fact_id` is the till's fact by which it was done, empty for a command at the office.
RELEASED = Table(
    "released",
    METADATA,
    Column("show_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("hop", Integer, primary_key=True, autoincrement=False),
    Column("holder", String, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("attested", Text, nullable=False),
    Column("by_user", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("fact_id", String, nullable=False),
)

ENROL_CODE = Table(
    "enrol_code",
    METADATA,
    Column("code_hash", String, primary_key=True),
    Column("till", String, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("replaces", Integer, nullable=False),
    Column("public_key", LargeBinary),
    Column("incarnation", Integer),
)

# Facts about shifts are few among all, and are looked for by themselves (`rules.shifts`).
_OF_SHIFTS: Final = "kind IN ('ShiftClosed', 'ShiftVerified', 'DrawerTakenOver')"

# Every fact, for ever. `envelope` is the exact text that was hashed and signed.
FACT = Table(
    "fact",
    METADATA,
    Column("till", String, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("fact_id", String, nullable=False, unique=True),
    Column("hash", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("envelope", Text, nullable=False),
    Column("signature", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("received_at", Text, nullable=False),
    Index("fact_of_shift", "kind", sqlite_where=text(_OF_SHIFTS), postgresql_where=text(_OF_SHIFTS)),
)

# What is personal of a fact, sealed in its envelope (pos.domain.personal): this can be erased.
BESIDE = Table(
    "beside",
    METADATA,
    Column("fact_id", String, primary_key=True),
    Column("body", Text, nullable=False),
)

# A second fact under a number that is already taken: a restored or cloned disk.
RIVAL_FACT = Table(
    "rival_fact",
    METADATA,
    Column("till", String, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String, primary_key=True),
    Column("envelope", Text, nullable=False),
    Column("signature", String, nullable=False),
    Column("received_at", Text, nullable=False),
)

# The ledger: double entry, each fact's lines sum to zero per currency.
POSTING = Table(
    "posting",
    METADATA,
    Column("fact_id", String, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("account", String, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
)

SALE = Table(
    "sale",
    METADATA,
    Column("id", String, primary_key=True),
    Column("fact_id", String, nullable=False),
    Column("body", Text, nullable=False),
)

# `state`: live | refunded | exchanged | void, or disputed for a paper that the office could not
# agree with: only one ticket can be live for a place. A person may have it honoured all the same.
# `issued`: 0 for one of an order that no till has printed yet. `copies`: the highest copy that was issued.
# `claimed`: 1 for one that a till paid back without the right to: its place stays sold.
# `handed`: of an order that was made ready or handed out, where, when and to whom (JSON, "" for not).
TICKET = Table(
    "ticket",
    METADATA,
    Column("id", String, primary_key=True),
    Column("sale_id", String, nullable=False),
    Column("show_id", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("code", String, nullable=False),
    Column("state", String, nullable=False),
    Column("copies", Integer, nullable=False, server_default="0"),
    Column("issued", Integer, nullable=False, server_default="1"),
    Column("claimed", Integer, nullable=False, server_default="0"),
    Column("handed", Text, nullable=False, server_default=""),
    Index("ticket_sale", "sale_id"),
    Index("ticket_code", "code"),
    Index(
        "one_live_ticket",
        "show_id",
        "unit",
        unique=True,
        sqlite_where=text("state = 'live'"),
        postgresql_where=text("state = 'live'"),
    ),
)

# Vouchers and gift cards, each a place of the show `~voucher` or `~gift_card`. `minor` is what is left, the
# balance of its account turned round; `valid_until` is ISO 8601, "" for ever.
PURSE = Table(
    "purse",
    METADATA,
    Column("show_id", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("minor", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("valid_until", Text, nullable=False),
)

# Where a ticket was let in first, and by which of its papers. `at` is ISO 8601 by the gate's clock.
ADMISSION = Table(
    "admission",
    METADATA,
    Column("ticket", String, primary_key=True),
    Column("fact_id", String, nullable=False),
    Column("till", String, nullable=False),
    Column("at", Text, nullable=False),
    Column("copy", Integer, nullable=False),
)

# What gates that are no tills have told of: `id` is the gate's own name for a scan, `let_in` whether it had let
# somebody in before it asked, `result` what it was answered.
GATE_SCAN = Table(
    "gate_scan",
    METADATA,
    Column("gate", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("show_id", String, nullable=False),
    Column("code", String, nullable=False),
    Column("at", Text, nullable=False),
    Column("let_in", Integer, nullable=False),
    Column("result", String, nullable=False),
    Column("ticket", String, nullable=False),
)

# `id` is the fact's with a number of its own. `body` is the document that tills have, its history
# included; the columns before it say the same, to be looked for.
DISPUTE = Table(
    "dispute",
    METADATA,
    Column("id", String, primary_key=True),
    Column("fact_id", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("detail", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("owner", String, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("resolved_at", Text),
    Column("body", Text, nullable=False),
    Index("dispute_fact", "fact_id"),
)

# Holds and orders as the newest fact about each says (`fact_id`, empty for the season's), with the places that
# a hold has now. One that has none left is kept, too.
LIVE = Table(
    "live",
    METADATA,
    Column("family", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("fact_id", String, nullable=False),
    Column("body", Text, nullable=False),
)

# Place effects that wait for an earlier hop of the same right.
PARKED = Table(
    "parked",
    METADATA,
    Column("fact_id", String, primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("show_id", String, nullable=False),
    Column("place", String, nullable=False),
    Column("effect", Text, nullable=False),
    Index("parked_place", "show_id", "place"),
)

# What became of a right under each token that it left behind by passing from till to till or to
# paper: its holder then, the state in which that holder's facts have left it, and who had it
# next ("" while nobody has told). `given` and `taken` say whether the holder's and the
# receiver's own facts of the passing have arrived.
PASSING = Table(
    "passing",
    METADATA,
    Column("show_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("hop", Integer, primary_key=True, autoincrement=False),
    Column("holder", String, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("receiver", String, nullable=False),
    Column("receiver_incarnation", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("ticket", String, nullable=False),
    Column("given", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
)

# How far the facts of a till have been looked at for what rules flag (`number`), and what of them the next ones need
# (`body`). The row of the till "" is locked by whoever looks.
WATCHED = Table(
    "watched",
    METADATA,
    Column("till", String, primary_key=True),
    Column("incarnation", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

# What a person, or two together, did on a business day (pos.domain.audit.tally), as the facts looked at say.
TALLY = Table(
    "tally",
    METADATA,
    Column("subject", String, primary_key=True),
    Column("day", String, primary_key=True),
    Column("body", Text, nullable=False),
)

# Rights asked back, one row per place and asking claim. `state`: open | declined.
RECALL = Table(
    "recall",
    METADATA,
    Column("show_id", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("wanted_by", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("incarnation", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("hop", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("spare", Integer, nullable=False, server_default="0"),  # 1: only what the holder can do without
    Index("recall_holder", "holder"),
)

# When a backup into a folder was last begun, epoch seconds: of several processes, whoever moves it on makes the next.
BACKUP_TURN = Table(
    "backup_turn",
    METADATA,
    Column("folder", String, primary_key=True),
    Column("began", Float, nullable=False),
)

# When others were last asked for what a till lacks of a show: not again before `until`.
REBALANCED = Table(
    "rebalanced",
    METADATA,
    Column("till", String, primary_key=True),
    Column("show_id", String, primary_key=True),
    Column("until", Float, nullable=False),
)

# Series of ticket paper that any fact has named: locked, in order, by whoever books some of it.
STOCK_SERIES = Table(
    "stock_series",
    METADATA,
    Column("prefix", String, primary_key=True),
    Column("width", Integer, primary_key=True, autoincrement=False),
)

# The books of ticket paper (pos.domain.blanks): how many `times` the numbers `first` to `last` are in an account.
# The runs of an account and series are apart.
STOCK_RUN = Table(
    "stock_run",
    METADATA,
    Column("account", String, primary_key=True),
    Column("prefix", String, primary_key=True),
    Column("width", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
    Column("times", Integer, nullable=False),
)
