"""The till's benchmarks: a durable sale alone, beside a busy sync and copied, the start, and the ticket."""

from tests.bench.till.copies import copied_sale
from tests.bench.till.paper import click_to_bytes
from tests.bench.till.sale import sale_commit, sale_under_sync
from tests.bench.till.start import start

BENCHES = [sale_commit, sale_under_sync, copied_sale, start, click_to_bytes]
