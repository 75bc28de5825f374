"""What seats look like: states by shape, readable without colour, on both palettes."""

import itertools

import numpy as np
import pytest

from pos.ui.seatmap import states as s
from pos.ui.seatmap.glyphs import SeatColors, draw, raster_for
from pos.ui.seatmap.scatter import scatter, stamp, stamp_side
from pos.ui.theme import tokens as t
from pos.ui.theme.color import channels, contrast

PALETTES = [t.LIGHT, t.DARK]
COLORS = ["#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#F0E442", "#767676", "#0072B2", "#D55E00"]


def grey_on(ground: str, pixels: np.ndarray) -> np.ndarray:
    """Premultiplied pixels laid on a ground, as a greyscale picture of 0..255."""
    alpha = (pixels >> 24).astype(float) / 255
    parts = [
        ((pixels >> shift) & 255) + (1 - alpha) * part for shift, part in zip((16, 8, 0), channels(ground), strict=True)
    ]
    return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]


def seat(state, tokens, size, color="#56B4E9", shape="disc", numbered=False, dimmed=False):
    return draw(state, shape, SeatColors.of(color, tokens), tokens, raster_for(size, 1), numbered, dimmed)[0, 0]


@pytest.mark.parametrize("tokens", PALETTES, ids=lambda p: p.name)
@pytest.mark.parametrize("size", [6.5, 8, 12, 24, 46])
@pytest.mark.parametrize("color", COLORS)
def test_states_differ_in_greyscale(tokens, size, color):
    seats = {state: grey_on(tokens.paper, seat(state, tokens, size, color)) for state in s.STATES}
    area = 3.14 * size * size / 4
    for one, other in itertools.combinations(s.STATES, 2):
        # How much of a seat's own area looks different, a full black-to-white change counting as one.
        different = np.abs(seats[one] - seats[other]).sum() / 255 / area
        assert different > 0.04, (one, other, different)


@pytest.mark.parametrize("tokens", PALETTES, ids=lambda p: p.name)
@pytest.mark.parametrize("color", COLORS)
def test_a_free_seat_keeps_its_outline_against_the_ground(tokens, color):
    colors = SeatColors.of(color, tokens)
    assert contrast(colors.outline, tokens.paper) >= 3.0
    assert contrast(colors.text, colors.body) >= 4.5
    picture = seat(s.FREE, tokens, 24, color)
    red, green, blue = channels(colors.outline)
    assert (picture == (0xFF000000 | red << 16 | green << 8 | blue)).any()


@pytest.mark.parametrize("tokens", PALETTES, ids=lambda p: p.name)
@pytest.mark.parametrize("state", [s.FREE, s.HERE, s.ELSEWHERE, s.HELD])
def test_the_category_changes_the_shape_and_not_the_state(tokens, state):
    shapes = [grey_on(tokens.paper, seat(state, tokens, 16, shape=shape)) for shape in s.SHAPES]
    for one, other in itertools.combinations(shapes, 2):
        assert np.abs(one - other).sum() / 255 > 4


@pytest.mark.parametrize("state", [s.SOLD, s.BASKET])
def test_sold_and_basket_look_alike_in_every_category(state):
    seats = {seat(state, t.LIGHT, 16, color, shape).tobytes() for color in COLORS for shape in s.SHAPES}
    assert len(seats) == 1


@pytest.mark.parametrize("size", [7, 24, 46])
def test_what_is_in_hand_is_never_dimmed(size):
    for state in s.STATES:
        bright, dim = seat(state, t.LIGHT, size), seat(state, t.LIGHT, size, dimmed=True)
        assert (bright == dim).all() == (state in s.IN_HAND), state
        assert (dim >> 24).max() <= (bright >> 24).max()


def test_a_number_has_room_in_a_held_seat():
    plain, numbered = seat(s.HELD, t.LIGHT, 30), seat(s.HELD, t.LIGHT, 30, numbered=True)
    middle = slice(len(plain) // 2 - 4, len(plain) // 2 + 4)
    assert (plain[middle, middle] >> 24).any()
    assert not (numbered[middle, middle] >> 24).any()


def test_phases_move_a_seat_by_fractions_of_a_pixel():
    raster = raster_for(8, 4)
    pictures = draw(s.FREE, "disc", SeatColors.of("#0072B2", t.LIGHT), t.LIGHT, raster, False, False) >> 24
    columns = np.arange(raster.side) + 0.5
    for v, u in itertools.product(range(4), repeat=2):
        weight = pictures[v, u].astype(float)
        assert (weight.sum(0) * columns).sum() / weight.sum() == pytest.approx(
            raster.side / 2 - 1 + (u + 0.5) / 4, abs=0.03
        )
        assert (weight.sum(1) * columns).sum() / weight.sum() == pytest.approx(
            raster.side / 2 - 1 + (v + 0.5) / 4, abs=0.03
        )


@pytest.mark.parametrize("size", [5, 7.25, 12, 46])
@pytest.mark.parametrize("state", s.STATES)
def test_a_seat_fits_its_raster(size, state):
    for phases in (1, 4):
        raster = raster_for(size, phases)
        pictures = draw(state, "triangle", SeatColors.of("#0072B2", t.LIGHT), t.LIGHT, raster, False, False) >> 24
        border = np.concatenate([pictures[..., 0, :], pictures[..., -1, :], pictures[..., 0], pictures[..., -1]], -1)
        assert border.max() < 40


# ---- stamps ------------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", PALETTES, ids=lambda p: p.name)
@pytest.mark.parametrize("side", [3, 4])
def test_states_differ_even_as_a_few_pixels(tokens, side):
    stamps = {stamp(state, SeatColors.of("#56B4E9", tokens), tokens, side, False).tobytes() for state in s.STATES}
    assert len(stamps) == len(s.STATES)


@pytest.mark.parametrize("side", [2, 3, 4])
def test_stamps_are_opaque_and_dim_what_is_not_in_hand(side):
    for state in s.STATES:
        colors = SeatColors.of("#56B4E9", t.LIGHT)
        bright, dim = (stamp(state, colors, t.LIGHT, side, dimmed) for dimmed in (False, True))
        assert ((bright >> 24) == 255).all()
        assert ((dim >> 24) == 255).all()
        assert (bright == dim).all() == (state in s.IN_HAND)


def test_stamps_grow_with_the_scale_and_never_overlap_once_seats_are_apart():
    sides = [stamp_side(pitch) for pitch in (1.0, 2.0, 2.5, 3.5, 4.4)]
    assert sides == sorted(sides)
    assert all(stamp_side(p / 10) <= p / 10 for p in range(24, 45))


def test_scattering_writes_nothing_outside_its_clip():
    dice = np.random.default_rng(1)
    xs, ys = dice.integers(-5, 45, 400), dice.integers(-5, 35, 400)
    stamps = np.tile(np.arange(1, 401, dtype=np.uint32), (9, 1))
    whole = np.zeros((30, 40), np.uint32)
    keys = np.arange(400)
    scatter(whole, (0, 0, 40, 30), xs, ys, keys, stamps)
    assert (whole > 0).any()
    part = np.zeros((30, 40), np.uint32)
    scatter(part, (7, 5, 23, 19), xs, ys, keys, stamps)
    assert np.array_equal(part[5:19, 7:23], whole[5:19, 7:23])
    part[5:19, 7:23] = 0
    assert not part.any()
