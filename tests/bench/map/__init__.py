"""The seat map: how fast it opens, follows the hand, and shows what changed, and what it costs in memory.

Frames are measured on a real X screen (Xvfb, 1920 x 1080) where one can be started, since a
picture has to leave the process there; else on Qt's offscreen platform. The floors are
measured in the same place.
"""

from tests.bench.map.frames import map_change, map_pan, map_session
from tests.bench.map.memory import map_memory
from tests.bench.map.opening import map_open
from tests.bench.map.peer import map_peer

BENCHES = [map_open, map_pan, map_change, map_session, map_peer, map_memory]
