"""The till's benchmarks: a durable sale alone, beside a busy sync, copied, beside packs; the start; the ticket."""

from tests.bench.till.copies import copied_sale
from tests.bench.till.packs import sale_beside_packs
from tests.bench.till.paper import click_to_bytes
from tests.bench.till.sale import sale_commit, sale_under_sync
from tests.bench.till.start import start

BENCHES = [sale_commit, sale_under_sync, copied_sale, sale_beside_packs, start, click_to_bytes]
