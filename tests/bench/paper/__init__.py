"""A page from its content: to dots and to PDF, against the libraries that draw it alone."""

from tests.bench.paper.setting import ticket_to_dots, ticket_to_pdf

BENCHES = [ticket_to_dots, ticket_to_pdf]
