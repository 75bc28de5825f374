"""Every verb of the till by name: what may be asked, and with which fields.

The table says what a verb's fields are, so that anything malformed is refused with the
field's name before the till does anything, and which verbs change something, so that
a `key` makes them happen once.
"""

from __future__ import annotations

from typing import Final

from pos.till import fields as f
from pos.till.auditverbs import AUDIT_VERBS
from pos.till.cashverbs import CASH_VERBS
from pos.till.contingencyverbs import CONTINGENCY_VERBS
from pos.till.counter import (
    accounts,
    admit,
    announcing,
    arriving,
    articles,
    awaiting,
    collect,
    correcting,
    devices,
    disputes,
    exchange,
    find,
    finding,
    gatelist,
    house,
    issue,
    layouts,
    letters,
    moving,
    parking,
    pay,
    payments,
    people,
    purses,
    quote,
    refund,
    releasing,
    renaming,
    reprint,
    scan,
    sell,
    spool,
    tenders,
    terminal,
    void,
    windowset,
    worklist,
)
from pos.till.drawerverbs import DRAWER_VERBS
from pos.till.lineverbs import LINE_VERBS
from pos.till.orders import (
    cases,
    commission,
    customers,
    ending,
    groups,
    guests,
    history,
    holds,
    invoices,
    notices,
    packages,
    pickups,
    presence,
    reservations,
    standby,
)
from pos.till.reportverbs import REPORT_VERBS
from pos.till.stockverbs import STOCK_VERBS
from pos.till.verbspec import VerbSpec

WRITTEN: Final = ("reason", "note", "name", "notes")  # what people write, and facts keep: no card number with it


VERBS: Final[dict[str, VerbSpec]] = {
    "users": VerbSpec(people.users),
    "sign_in": VerbSpec(people.sign_in, {"user": f.text, "pin": f.text}, {"language": f.language}),
    "sign_out": VerbSpec(people.sign_out),
    "frozen_places": VerbSpec(releasing.frozen_places),
    "release_places": VerbSpec(
        releasing.release_places,
        {"till": f.words, "reason": f.words},
        {"show": f.words, "places": f.places, "attested": f.places},
        changes=True,
    ),
    "shows": VerbSpec(house.shows),
    "show": VerbSpec(house.show, {"show": f.text}),
    "acknowledge": VerbSpec(announcing.acknowledge, {"show": f.text, "version": f.words}, changes=True),
    "places": VerbSpec(house.places, {"show": f.text}),
    "place": VerbSpec(house.place, {"show": f.text, "place": f.text}),
    "best": VerbSpec(
        finding.best,
        {"show": f.text, "category": f.text_or_none, "count": f.count},
        {
            "accessible": f.flag,
            "restricted": f.flag,
            "companion": f.flag,
            "split": f.flag,
            "after": f.places_or_none,
            "options": f.options,
        },
    ),
    "range": VerbSpec(finding.named, {"show": f.text, "text": f.typed}),
    "basket": VerbSpec(sell.basket),
    "add": VerbSpec(
        sell.add,
        {"show": f.text, "price_type": f.price_types},
        {
            "places": f.places,
            "hold": f.words,
            "proof": f.flag,
            "orphan_ok": f.flag,
            "reason": f.text,
            "member": f.text,
            "approver": f.approver,
        },
        changes=True,
    ),
    "hold": VerbSpec(
        holds.hold,
        {"type": f.line},
        {
            "show": f.text,
            "places": f.places,
            "category": f.words,
            "count": f.count,
            "basket": f.flag,
            "owner": f.line,
            "note": f.text,
            "release": f.text,
            "approver": f.approver,
        },
        changes=True,
    ),
    "release": VerbSpec(
        holds.release,
        {"hold": f.words},
        {"places": f.places, "reason": f.text, "approver": f.approver},
        changes=True,
    ),
    "change_hold": VerbSpec(
        holds.change_hold,
        {"hold": f.words},
        {
            "type": f.line,
            "owner": f.line,
            "note": f.text,
            "release": f.text,
            "home": f.words,
            "approver": f.approver,
        },
        changes=True,
    ),
    "reserve": VerbSpec(
        reservations.reserve,
        {"buyer": f.buyer},
        {
            "expires": f.text,
            "remind": f.text,
            "note": f.text,
            "tenders": f.tenders,
            "deposit_terms": f.words,
        },
        changes=True,
    ),
    "take_order": VerbSpec(reservations.take_order, {"order": f.words}, {"lines": f.numbers}, changes=True),
    "pay_order": VerbSpec(
        reservations.pay_order,
        {"order": f.words, "tenders": f.tenders},
        {"lines": f.numbers, "terms_told": f.flag, "approver": f.approver, "delivery": f.delivery},
        changes=True,
    ),
    "change_order": VerbSpec(
        ending.change_order,
        {"order": f.words},
        {"expires": f.text, "remind": f.text, "note": f.text},
        changes=True,
    ),
    "cancel_order": VerbSpec(
        ending.cancel_order,
        {"order": f.words, "reason": f.words},
        {"refund_deposit": f.flag, "slip": f.text, "approver": f.approver},
        changes=True,
    ),
    "orders": VerbSpec(reservations.orders, {}, {"order": f.words, "name": f.text, "show": f.text, "state": f.words}),
    "holds": VerbSpec(holds.holds, {}, {"show": f.text, "type": f.text, "hold": f.words}),
    "remove": VerbSpec(sell.remove, {"line": f.number}, changes=True),
    "clear": VerbSpec(sell.clear, changes=True),
    "park": VerbSpec(parking.park, {}, {"name": f.line, "note": f.line}, changes=True),
    "parked": VerbSpec(parking.parked),
    "move_basket": VerbSpec(
        moving.move_basket,
        {"show": f.text},
        {"of": f.text, "preview": f.flag, "orphan_ok": f.flag, "reason": f.text},
        changes=True,
    ),
    "recall": VerbSpec(parking.recall, {"number": f.count}, {"park": f.flag}, changes=True),
    "drop_parked": VerbSpec(parking.drop_parked, {"number": f.count}, changes=True),
    "products": VerbSpec(articles.products),
    "add_article": VerbSpec(
        articles.add_article, {"product": f.words}, {"count": f.count, "amount": f.amount}, changes=True
    ),
    "promotion": VerbSpec(articles.promotion, {"code": f.line}, {"remove": f.flag}, changes=True),
    "reprice": VerbSpec(
        articles.reprice,
        {"line": f.number, "price": f.amount, "reason": f.words},
        {"approver": f.approver},
        changes=True,
    ),
    "retype": VerbSpec(
        sell.retype,
        {"line": f.number, "price_type": f.text},
        {"proof": f.flag, "member": f.text, "reason": f.text, "approver": f.approver},
        changes=True,
    ),
    "pay": VerbSpec(
        pay.pay,
        {"tenders": f.tenders},
        {"terms_told": f.flag, "approver": f.approver, "buyer": f.buyer, "delivery": f.delivery, "checker": f.approver}
        | {"receipt": f.flag},
        changes=True,
    ),
    "quote": VerbSpec(
        quote.quote,
        {},
        {"tickets": f.places, "articles": f.places, "waive_fee": f.flag}
        | {"show": f.text, "places": f.places, "price_type": f.price_types},
    ),
    "refund": VerbSpec(
        refund.refund,
        {"reason": f.words},
        {
            "tickets": f.places,
            "articles": f.places,
            "approver": f.approver,
            "surrendered": f.flag,
            "identity": f.text,
            "waive_fee": f.flag,
            "slip": f.text,
        },
        changes=True,
    ),
    "exchange": VerbSpec(
        exchange.exchange,
        {
            "tickets": f.places,
            "show": f.text,
            "places": f.places,
            "price_type": f.price_types,
            "tenders": f.tenders_either_way,
        },
        {"proof": f.flag, "reason": f.text, "approver": f.approver, "waive_fee": f.flag, "member": f.text}
        | {"buyer": f.buyer},
        changes=True,
    ),
    "void": VerbSpec(
        void.void,
        {"sale": f.words, "surrendered": f.flag},
        {"reason": f.text, "approver": f.approver, "slip": f.text},
        changes=True,
    ),
    "rename_ticket": VerbSpec(
        renaming.rename_ticket,
        {"ticket": f.words, "buyer": f.buyer},
        {"reason": f.text, "identity": f.text, "approver": f.approver},
        changes=True,
    ),
    "correct_tender": VerbSpec(
        correcting.correct_tender,
        {"sale": f.words, "from": f.text, "to": f.tender_kind, "reason": f.words},
        {"approver": f.approver},
        changes=True,
    ),
    "reprint": VerbSpec(
        reprint.reprint,
        {"ticket": f.text, "reason": f.words},
        {"approver": f.approver, "lost": f.flag, "name": f.text, "identity": f.text},
        changes=True,
    ),
    "payments": VerbSpec(payments.payments),
    "tenders": VerbSpec(tenders.tenders),
    "account": VerbSpec(accounts.account, {"account": f.words}),
    "pay_account": VerbSpec(accounts.pay_account, {"account": f.words, "tenders": f.tenders}, changes=True),
    "pending": VerbSpec(awaiting.pending),
    "arrived": VerbSpec(arriving.arrived, {"payment": f.words}, {"reference": f.words}, changes=True),
    "failed": VerbSpec(awaiting.failed, {"payment": f.words}, {"reason": f.words}, changes=True),
    "terminal_status": VerbSpec(terminal.terminal_status),
    "abort_payment": VerbSpec(terminal.abort_payment),
    "card_receipt": VerbSpec(terminal.card_receipt, changes=True),
    "end_of_day": VerbSpec(terminal.end_of_day, changes=True),
    "ask_payment": VerbSpec(payments.ask_payment, {"payment": f.text}),
    "settle_payment": VerbSpec(payments.settle_payment, {"payment": f.text, "outcome": f.outcome}, changes=True),
    "reverse_payment": VerbSpec(payments.reverse_payment, {"payment": f.text}, changes=True),
    "write_off_payment": VerbSpec(
        payments.write_off_payment, {"payment": f.text, "reason": f.words}, {"approver": f.approver}, changes=True
    ),
    "scan": VerbSpec(scan.scan, {"text": f.reading}),
    "purse": VerbSpec(purses.purse, {"code": f.words}),
    "worklist": VerbSpec(worklist.worklist),
    "letter": VerbSpec(letters.letter, {"show": f.text, "sale": f.words}),
    "gate_list": VerbSpec(gatelist.gate_list, {"show": f.text}),
    "admit": VerbSpec(admit.admit, {"code": f.words, "show": f.text}, changes=True),
    "collect": VerbSpec(
        collect.collect,
        {},
        {"code": f.words, "sale": f.words, "tickets": f.places, "collected_by": f.collector, "approver": f.approver},
        changes=True,
    ),
    "pickups": VerbSpec(pickups.pickups, {"show": f.text}, {"collected": f.flag}),
    "print_pickups": VerbSpec(pickups.print_pickups, {"show": f.text}, changes=True),
    "standby": VerbSpec(standby.standby, {"show": f.text}, {"all": f.flag}),
    "join_standby": VerbSpec(standby.join_standby, {"show": f.text}, {"count": f.count, "name": f.line}, changes=True),
    "call_standby": VerbSpec(standby.call_standby, {"show": f.text}, {"entry": f.words}, changes=True),
    "end_standby": VerbSpec(
        standby.end_standby, {"entry": f.words, "outcome": f.standby_outcome}, {"sale": f.words}, changes=True
    ),
    "open_guest_list": VerbSpec(
        guests.open_guest_list,
        {"hold": f.words, "giver": f.said},
        {"quota": f.count, "kind": f.guest_kind, "approver": f.approver},
        changes=True,
    ),
    "put_guest": VerbSpec(guests.put_guest, {"list": f.words, "name": f.said}, {"count": f.count}, changes=True),
    "drop_guest": VerbSpec(guests.drop_guest, {"list": f.words, "entry": f.count}, changes=True),
    "collect_guest": VerbSpec(
        guests.collect_guest,
        {"list": f.words, "entry": f.count, "collected_by": f.collector},
        {"count": f.count},
        changes=True,
    ),
    "release_guests": VerbSpec(guests.release_guests, {"list": f.words}, changes=True),
    "guest_lists": VerbSpec(guests.guest_lists, {"show": f.text}),
    "guest_list_report": VerbSpec(guests.guest_list_report, {"show": f.text}, {"printed": f.flag}, changes=True),
    "open_group": VerbSpec(groups.open_group, {"order": f.words, "final_by": f.words}, changes=True),
    "take_deposit": VerbSpec(groups.take_deposit, {"order": f.words, "tenders": f.tenders}, changes=True),
    "final_number": VerbSpec(groups.final_number, {"order": f.words, "count": f.count}, changes=True),
    "groups": VerbSpec(groups.groups, {}, {"show": f.text}),
    "take_commission": VerbSpec(
        commission.take_commission, {"ticket": f.words, "name": f.said}, {"contact": f.said}, changes=True
    ),
    "commissions": VerbSpec(commission.commissions, {}, {"all": f.flag}),
    "pay_commission": VerbSpec(commission.pay_commission, {"commission": f.words}, changes=True),
    "end_commission": VerbSpec(commission.end_commission, {"commission": f.words}, changes=True),
    "invoice": VerbSpec(invoices.invoice, {"sale": f.words}, {"buyer": f.invoiced}, changes=True),
    "invoices": VerbSpec(invoices.invoices),
    "invoice_sheet": VerbSpec(invoices.invoice_sheet, {"invoice": f.words}),
    "collect_batch": VerbSpec(pickups.collect_batch, {"show": f.text}, {"delivery": f.later}, changes=True),
    "find": VerbSpec(
        find.find_everywhere, {}, {"code": f.text, "sale": f.text, "name": f.text, "last4": f.last4, "stock": f.text}
    ),
    "jobs": VerbSpec(issue.jobs),
    "retry": VerbSpec(issue.retry, {"job": f.number}, changes=True),
    "move_job": VerbSpec(spool.move_job, {"job": f.number, "to": f.printer}, changes=True),
    "move_jobs": VerbSpec(spool.move_jobs, {"printer": f.printer, "to": f.printer}, changes=True),
    "printed": VerbSpec(reprint.printed, {"job": f.number, "came_out": f.flag}, {"lies_next": f.text}, changes=True),
    "receipt": VerbSpec(issue.receipt, {}, {"sale": f.text}, changes=True),
    "disputes": VerbSpec(disputes.disputes, {}, {"state": f.which}),
    "take_dispute": VerbSpec(disputes.take_dispute, {"dispute": f.text}, changes=True),
    "resolve_dispute": VerbSpec(
        disputes.resolve_dispute,
        {"dispute": f.text, "way": f.way, "note": f.words},
        {"refund": f.words, "sale": f.words},
        changes=True,
    ),
    "devices": VerbSpec(devices.devices),
    "device_test": VerbSpec(devices.device_test, {"device": f.device}),
    "device_find": VerbSpec(devices.device_find, {}, {"addresses": f.addresses}),
    "device_put": VerbSpec(devices.device_put, {"device": f.device, "values": f.values}, changes=True),
    "device_remove": VerbSpec(devices.device_remove, {"device": f.device}, changes=True),
    "window": VerbSpec(windowset.window),
    "window_put": VerbSpec(windowset.window_put, {"values": f.values}, changes=True),
    "layouts": VerbSpec(layouts.layouts),
    "layout": VerbSpec(layouts.layout, {"layout": f.words}),
    "layout_preview": VerbSpec(
        layouts.layout_preview, {"text": f.text}, {"language": f.language, "marked": f.flag, "width": f.roll}
    ),
    "layout_save": VerbSpec(layouts.layout_save, {"text": f.text}, changes=True),
    "layout_revert": VerbSpec(layouts.layout_revert, {"layout": f.words}, changes=True),
    "layout_print": VerbSpec(layouts.layout_print, {"text": f.text}, {"language": f.language}, changes=True),
    "customer": VerbSpec(
        customers.customer,
        {},
        {"customer": f.words, "notes": f.notes, "consent": f.consent, "language": f.language}
        | dict.fromkeys(("name", "email", "phone", "member", "tax_number"), f.field),
        changes=True,
    ),
    "case": VerbSpec(
        cases.case,
        {"kind": cases.check_kind},
        {"words": f.notes} | dict.fromkeys(("sale", "customer", "name", "contact"), f.field),
        changes=True,
    ),
    "cases": VerbSpec(cases.cases, {}, {"state": f.which}),
    "history": VerbSpec(history.history, {}, {"show": f.words, "place": f.words, "ticket": f.words}),
    "packages": VerbSpec(packages.packages),
    "add_package": VerbSpec(
        packages.add_package, {"package": f.words}, {"places": f.seats, "price_type": f.words}, changes=True
    ),
    "redeem": VerbSpec(
        packages.redeem,
        {"code": f.words},
        {"show": f.words, "places": f.places, "price_type": f.words, "proof": f.flag, "lines": f.numbers},
        changes=True,
    ),
    "refund_package": VerbSpec(
        packages.refund_package,
        {"code": f.words, "reason": f.words},
        {"approver": f.approver, "waive_fee": f.flag},
        changes=True,
    ),
    "outbox": VerbSpec(notices.outbox, {}, {"state": f.notice_state, "sales": f.places}),
    "open_order": VerbSpec(presence.open_order, {"sale": f.words}, {"closed": f.flag}),
    "customers": VerbSpec(customers.customers, {"text": f.text}),
    "customer_history": VerbSpec(customers.customer_history, {"customer": f.words}),
    "merge_customers": VerbSpec(customers.merge_customers, {"customer": f.words, "merged": f.words}, changes=True),
    "export_customer": VerbSpec(customers.export_customer, {"customer": f.words}),
    "erase_customer": VerbSpec(
        customers.erase_customer, {"customer": f.words, "reason": f.words}, {"sales": f.sales}, changes=True
    ),
    **AUDIT_VERBS,
    **CASH_VERBS,
    **CONTINGENCY_VERBS,
    **DRAWER_VERBS,
    **LINE_VERBS,
    **REPORT_VERBS,
    **STOCK_VERBS,
}
