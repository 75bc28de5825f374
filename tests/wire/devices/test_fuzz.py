"""Whatever a line of a log holds, `housefull devices decode` answers it: no crash, no hang, no flood."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.app.technician import _PROTOCOLS

# Bytes that begin something in one of the languages, and others.
_LIVELY = st.sampled_from([
    b"\x02", b"\x03", b"\x06", b"\x10\x02", b"\x10\x03", b"\x04\x0f", b"\x04\xff", b"\xff\xff\xff", b"<G99>",
    b"<g8192>", b"<S7>", b"<S2>", b",", b"0,", b"ERRORS: 1 ", b"\x12", b"\x10", b"\x1c", b"0004616 PROM = ", b"<RC1,2>",
])  # fmt: skip
_MESSAGES = st.lists(st.one_of(_LIVELY, st.binary(max_size=12)), max_size=24).map(b"".join)
_LINES = st.one_of(_MESSAGES.map(lambda data: data.hex()), st.text(max_size=60))


@pytest.mark.parametrize("protocol", _PROTOCOLS)
def test_any_line_is_answered(protocol: str) -> None:
    describe = _PROTOCOLS[protocol]()

    @given(_LINES)
    def answered(line: str) -> None:
        found = describe(line)
        assert found.keys() & {"error", "type"}
        assert len(json.dumps(found)) < 200 + 40 * len(line)

    answered()


@pytest.mark.parametrize("protocol", _PROTOCOLS)
@pytest.mark.parametrize("data", [b"0", b"<", b"\x02", b"\x10", b"\x04\x0f\xff\xff\xff", b"<RC1,2>", b"1,"])
def test_a_hundred_kilobytes_of_the_same_is_answered(protocol: str, data: bytes) -> None:
    assert _PROTOCOLS[protocol]()((data * (100_000 // len(data))).hex()).keys() & {"error", "type"}
