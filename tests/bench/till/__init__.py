"""The till's benchmarks: a durable sale alone and beside a busy sync, and the start of the program."""

from tests.bench.till.sale import sale_commit, sale_under_sync
from tests.bench.till.start import start

BENCHES = [sale_commit, sale_under_sync, start]
