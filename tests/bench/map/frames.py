"""Frames: panning, a single seat's change, and an evening's mixture of everything."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from tests.bench.map import screen
from tests.bench.map.screen import Record, p99, record, turn_ms

SEATS = 100_000
FRAME_MS = 1000 / 60


def _blit_ms() -> float:
    """A full-screen copy, painted in a window of its own."""
    from tests.bench.map.windows import Blit

    window = Blit()
    window.show()
    screen.calm()
    times = [turn_ms(window.update) for _ in range(200)]
    window.hide()
    window.deleteLater()
    screen.calm(0.1)
    return statistics.median(times)


def map_pan() -> Record:
    """One frame of a steady drag through a block close up, strips and margins included."""
    from tests.bench.map.bowl import bowl, evening
    from tests.bench.map.windows import shown_map, zoomed

    with screen.screen() as name:
        screen.application()
        blit = _blit_ms()
        seats = shown_map(bowl(SEATS), evening(SEATS))
        zoomed(seats, 12.0)
        camera = seats._camera
        assert camera is not None

        def pan(dx: int, dy: int) -> None:
            camera.pan(dx, dy)
            seats.update()

        times = []
        for leg in ((9, 3), (-4, 8), (-9, -3), (4, -8)):
            times += [turn_ms(lambda leg=leg: pan(*leg)) for _ in range(75)]
        seats.hide()
        value = statistics.median(times)
    return record(
        "map_pan", value, "ms", (f"full-screen blit, {name}", blit), "<= 1.5x", value <= 1.5 * blit, worst=p99(times)
    )


def map_change() -> Record:
    """One seat's change, from the call until it is painted, at 100,000 seats."""
    import numpy as np

    from pos.ui.seatmap import states as s
    from tests.bench.map.bowl import bowl, evening
    from tests.bench.map.windows import shown_map

    with screen.screen() as name:
        screen.application()
        blit = _blit_ms()
        seats = shown_map(bowl(SEATS), evening(SEATS))
        dice = np.random.default_rng(3)
        times = []
        for place in dice.integers(0, SEATS, 400).tolist():
            code = s.SOLD if seats.state_of(place) != s.SOLD else s.FREE
            times.append(turn_ms(lambda place=place, code=code: seats.update_states([place], [code])))
        seats.hide()
        value = statistics.median(times)
    return record(
        "map_change",
        value,
        "ms",
        (f"full-screen blit, {name}", blit),
        "<= 0.25x",
        value <= 0.25 * blit,
        worst=p99(times),
    )


def map_session() -> Record:
    """Over 1,000 frames of zooming, panning, coming to rest and live changes; the share that made 60 a second."""
    import numpy as np

    from tests.bench.map.bowl import bowl, evening
    from tests.bench.map.windows import shown_map

    with screen.screen():
        screen.application()
        seats = shown_map(bowl(SEATS), evening(SEATS))
        camera = seats._camera
        assert camera is not None
        dice = np.random.default_rng(9)
        times: list[float] = []

        def frame(action: Callable[[], object]) -> None:
            times.append(turn_ms(action))

        def rest() -> None:
            """Calm time: whatever the map does in it by itself counts as frames too."""
            end = time.perf_counter() + 0.15
            while time.perf_counter() < end:
                taken = turn_ms(lambda: None)
                if taken > 0.3:
                    times.append(taken)
                time.sleep(0.001)

        def zoom(factor: float, x: float, y: float) -> None:
            camera.zoom(camera.scale * factor, x, y)
            seats.update()

        def pan(dx: int, dy: int) -> None:
            camera.pan(dx, dy)
            seats.update()

        def change() -> None:
            places = dice.integers(0, SEATS, int(dice.integers(1, 40)))
            seats.update_states(places, dice.integers(0, 5, len(places)).tolist())

        for _ in range(8):
            x, y = float(dice.uniform(300, 1600)), float(dice.uniform(200, 900))
            for _ in range(22):
                frame(lambda x=x, y=y: zoom(1.2, x, y))
            rest()
            step = [int(d) for d in dice.integers(-14, 15, 2)]
            for n in range(60):
                frame(lambda step=step: pan(*step))
                if n % 4 == 0:
                    frame(change)
            rest()
            for _ in range(22):
                frame(lambda x=x, y=y: zoom(1 / 1.2, x, y))
            rest()
            for _ in range(15):
                frame(change)
        seats.hide()
        made = 100 * sum(taken <= FRAME_MS for taken in times) / len(times)
    return record(
        "map_session",
        made,
        "%",
        (f"of {len(times)} frames in {FRAME_MS:.1f} ms", 99.5),
        ">= 99.5 %",
        len(times) >= 1000 and made >= 99.5,
        worst=p99(times),
    )
