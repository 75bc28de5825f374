"""A page that is longer than its ticket: parted where it is white, and nothing of it lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pos.devices.worker.pieces import pieces
from pos.paper.raster import Bitmap

WHITE, BLACK = b"\0\0", b"\x01\x80"


def page(*rows: bytes) -> Bitmap:
    return Bitmap(16, len(rows), b"".join(rows))


def test_a_page_that_fits_is_left_alone() -> None:
    whole = page(BLACK, WHITE, BLACK)
    assert list(pieces(whole, 3)) == [whole]


def test_it_is_parted_at_the_last_white_row_that_fits() -> None:
    first, second = pieces(page(BLACK, WHITE, BLACK, BLACK, WHITE, BLACK, BLACK), 5)
    assert (first.height, second.height) == (4, 3)
    assert first.data == BLACK + WHITE + BLACK + BLACK


def test_what_is_black_all_over_is_cut_where_the_paper_ends() -> None:
    assert [piece.height for piece in pieces(page(*[BLACK] * 7), 3)] == [3, 3, 1]


def test_no_ticket_comes_out_white() -> None:
    assert [piece.height for piece in pieces(page(BLACK, *[WHITE] * 9), 3)] == [3]


@given(st.lists(st.sampled_from([WHITE, BLACK, b"\xff\xff"]), min_size=1, max_size=60), st.integers(1, 20))
def test_every_black_row_comes_out_once_and_in_order(rows: list[bytes], most: int) -> None:
    out = list(pieces(page(*rows), most))
    assert all(piece.height <= most for piece in out)
    assert all(len(piece.data) == 2 * piece.height for piece in out)
    data = b"".join(piece.data for piece in out)
    printed = [data[at : at + 2] for at in range(0, len(data), 2)]
    assert [row for row in printed if row != WHITE] == [row for row in rows if row != WHITE]
