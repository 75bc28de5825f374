"""The tables of ledger.db: what happened at this till. Migrations follow these, never the reverse."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table, Text, text

metadata: Final = MetaData()

meta: Final = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

# The last token this till had for a place, and what became of it. Rows are never
# deleted: the token is the guard against grants that arrive late (max_token).
own_right: Final = Table(
    "own_right",
    metadata,
    Column("show", String, primary_key=True),
    Column("place", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("hop", Integer, nullable=False),
    Column("ticket", String, nullable=False, server_default=""),
    sqlite_with_rowid=False,
)

journal: Final = Table(
    "journal",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", String, nullable=False),
    Column("envelope", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

# What is personal of a fact, beside its envelope (pos.domain.personal): this can be erased.
beside: Final = Table(
    "beside",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

shift: Final = Table(
    "shift",
    metadata,
    Column("id", String, primary_key=True),
    Column("user", String, nullable=False),
    Column("opened_at", String, nullable=False),
    Column("first_number", Integer, nullable=False),
    Column("closed_at", String),
    Column("last_number", Integer),
    Column("report", Text),
    Column("paper", Text, nullable=False, server_default=""),  # of its report, as it was first made
)

# What happened to a shift's drawer beside its money (pos.store.shiftbook.STEPS), by the number of its fact.
shift_step: Final = Table(
    "shift_step",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("shift", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
)

cash_move: Final = Table(
    "cash_move",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shift", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("minor", Integer, nullable=False),
    Column("currency", String, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", String, nullable=False),
)

basket: Final = Table(
    "basket",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 0 in front, else parked under this number
    Column("owner", String, nullable=False),
    Column("changed_at", String, nullable=False),
    Column("lapsed", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("more", Text, nullable=False, server_default=""),
)

basket_line: Final = Table(
    "basket_line",
    metadata,
    Column("basket", Integer, primary_key=True, autoincrement=False),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("show", String, nullable=False),
    Column("place", String, nullable=False),
    Column("category", String, nullable=False),
    Column("price_type", String, nullable=False),
    Column("minor", Integer, nullable=False),
    Column("currency", String, nullable=False),
    Column("proof", Integer, nullable=False),
    Column("more", Text, nullable=False),  # JSON: what few lines have
    Index("basket_place", "show", "place", unique=True),
)

sale: Final = Table(
    "sale",
    metadata,
    Column("id", String, primary_key=True),
    Column("shift", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=""),  # the buyer's, case-folded, for the look-up
)

ticket: Final = Table(
    "ticket",
    metadata,
    Column("id", String, primary_key=True),
    Column("sale", String, nullable=False, index=True),
    Column("show", String, nullable=False),
    Column("place", String, nullable=False),
    Column("code", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    # The till's own last guard: no two live tickets for one place, whatever else went wrong.
    Index("one_live_ticket", "show", "place", unique=True, sqlite_where=text("state = 'live'")),
)

# Tickets that ended here, also those that another till sold. Kept for ever.
ticket_end: Final = Table(
    "ticket_end",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("document", String, nullable=False),
)

# How many copies of a ticket have been issued, as far as this till knows; none yet when it has the original alone.
ticket_copy: Final = Table(
    "ticket_copy",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("copies", Integer, nullable=False),
)

# Vouchers and gift cards whose token is here, or was: what was left on them as far as this till knows.
purse: Final = Table(
    "purse",
    metadata,
    Column("show", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("minor", Integer, nullable=False),
    Column("currency", String, nullable=False),
    Column("valid_until", String, nullable=False),
)

# Tickets that this till has let in.
admission: Final = Table(
    "admission",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("at", String, nullable=False),
    Column("copy", Integer, nullable=False),
)

# Tickets of orders that were made ready or handed out, here: to whom, when.
handed: Final = Table(
    "handed",
    metadata,
    Column("ticket", String, primary_key=True),
    Column("body", Text, nullable=False),
)

# Records whose home is this till (pos.domain.records), as its last fact has them.
own_record: Final = Table(
    "own_record",
    metadata,
    Column("family", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("body", Text, nullable=False),
)

refund: Final = Table(
    "refund",
    metadata,
    Column("id", String, primary_key=True),
    Column("shift", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

# Money moved by a payment terminal. `state`: started | approved | declined | used | reversed.
payment: Final = Table(
    "payment",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("id", String, nullable=False, unique=True),
    Column("purpose", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("minor", Integer, nullable=False),
    Column("currency", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("before", Text, nullable=False),
    Column("pins", Text, nullable=False),
    Column("receipt", Text, nullable=False),
    Column("document", String, nullable=False),
)

print_job: Final = Table(
    "print_job",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("role", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("sale", String, nullable=False),
    Column("tickets", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("text", Text, nullable=False, server_default=""),
    Column("at", String, nullable=False, server_default=""),
)

# What this till did about disputes, by the number of its fact; the office may not have heard yet.
dispute_step: Final = Table(
    "dispute_step",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("dispute", String, nullable=False),
    Column("body", Text, nullable=False),
)

# What this till did to parcels of cash, by the number of its fact; the office may not have heard yet.
parcel_step: Final = Table(
    "parcel_step",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("parcel", String, primary_key=True),
    Column("body", Text, nullable=False),
)

# What each show was announced with when this till first had it, or when somebody here last read that it had changed.
announcement: Final = Table(
    "announcement",
    metadata,
    Column("show", String, primary_key=True),
    Column("version", String, nullable=False),
    Column("told", Text, nullable=False),
    Column("read_by", String, nullable=False),
    Column("read_at", String, nullable=False),
)

# Deposits of reservations that this till has taken or given back, as its facts have them.
deposit: Final = Table(
    "deposit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shift", String, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

# Holds and orders that this till has made or changed, as its facts carry them; the office may not have heard yet.
live: Final = Table(
    "live",
    metadata,
    Column("family", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("body", Text, nullable=False),
)

lockout: Final = Table(
    "lockout",
    metadata,
    Column("user", String, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("until", String, nullable=False),
)

# The answer of a verb that carried a key, in the same transaction as what it did.
answer: Final = Table(
    "answer",
    metadata,
    Column("key", String, primary_key=True),
    Column("verb", String, nullable=False),
    Column("body", Text, nullable=False),
)

# Certificates that were given to other tills, by the number of the fact that let go of the rights.
certificate: Final = Table(
    "certificate",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

# Packs of numbered tickets that went out on paper. `state`: out | returned | sold | lost.
pack: Final = Table(
    "pack",
    metadata,
    Column("id", String, primary_key=True),
    Column("shift", String, nullable=False),
    Column("user", String, nullable=False),
    Column("show", String, nullable=False),
    Column("issued_at", String, nullable=False),
)

pack_ticket: Final = Table(
    "pack_ticket",
    metadata,
    Column("id", String, primary_key=True),
    Column("pack", String, nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("show", String, nullable=False),
    Column("place", String, nullable=False),
    Column("shown", String, nullable=False),
    Column("category", String, nullable=False),
    Column("code", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("ended_by", String, nullable=False, server_default=""),
    Column("ended_at", String, nullable=False, server_default=""),
)

# Tickets of packs that somebody has typed as sold and has not booked yet, in the order of `position`; those of one
# `customer` become one sale. Nothing of it is a fact.
pack_keyed: Final = Table(
    "pack_keyed",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("ticket", String, nullable=False, unique=True),
    Column("customer", Integer, nullable=False),
    Column("price_type", String, nullable=False),
    Column("proof", Integer, nullable=False),
    Column("sold_at", String, nullable=False),
    Column("keyed_by", String, nullable=False),
    Column("keyed_at", String, nullable=False),
)

# Ticket paper in the books of this till (pos.domain.blanks): how many of the numbers `first` to `last` are in an
# account, 1 for each one that is there. Runs of an account and series are apart.
stock_run: Final = Table(
    "stock_run",
    metadata,
    Column("account", String, primary_key=True),
    Column("prefix", String, primary_key=True),
    Column("width", Integer, primary_key=True, autoincrement=False),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    Column("times", Integer, nullable=False),
)

# On which numbered blank a ticket was printed here, as its fact has it.
stock_ticket: Final = Table(
    "stock_ticket",
    metadata,
    Column("serial", String, primary_key=True),
    Column("ticket", String, nullable=False, index=True),
    Column("copy", Integer, nullable=False),
)

# Outages (pos.store.outages): `first_number` and `last_number` are where the journal stood when this till left its
# normal level, and when it was back; `incident` is the record that tells of it, once that is made.
outage: Final = Table(
    "outage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("began_at", String, nullable=False),
    Column("first_number", Integer, nullable=False),
    Column("back_at", String, nullable=False, server_default=""),
    Column("last_number", Integer, nullable=False, server_default="0"),
    Column("sent_at", String, nullable=False, server_default=""),
    Column("incident", String, nullable=False, server_default=""),
)

# What happened in an outage. `number` is where the journal stood; the same `key` of a kind is counted, not repeated.
outage_note: Final = Table(
    "outage_note",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outage", Integer, nullable=False, index=True),
    Column("at", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("key", String, nullable=False),
    Column("times", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Index("noted_once", "outage", "kind", "key", unique=True, sqlite_where=text("key <> ''")),
)
