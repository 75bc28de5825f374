"""The program's own rules in the place of the model's office: `sync.office.rules.board` and what it calls.

The model's tills, line and people stay as they are. What they do to a place goes through the
code that the real office runs inside its transaction; only the database is left out.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from pos.domain import rights
from pos.domain.certificate import Certificate, Hand
from pos.domain.facts import FIRST_HASH, Kind
from pos.domain.facts import Fact as RealFact
from pos.domain.rights import OfficeState
from sync.office.rules.board import Board
from sync.office.rules.certificates import Hands, Passing
from sync.office.rules.history import Author
from sync.office.rules.parking import Waiting
from sync.office.rules.past import Account, Past
from sync.office.rules.places import Key, Place
from tests.model.rules import Rules
from tests.model.words import LEASED, NONE, OFFICE, Account_, Effect, Fact, Office, Record

_SHOW: Final = "show"
_INCARNATION: Final = 1  # another incarnation of a till is another till of the model
