"""Addresses of the API: its routes, its description, and a JSON answer for everything else below api/v1."""

from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI

from shundan.api import (
    account_statements,
    amendments,
    approval_tables,
    approvals,
    bank,
    bills,
    carriers,
    company,
    count_classes,
    counts,
    customers,
    delivery_problems,
    direct,
    dunning,
    einvoices,
    exchange_rates,
    forecasts,
    gateways,
    inquiries,
    inspections,
    invoices,
    landed_costs,
    list_columns,
    master_imports,
    notices,
    order_files,
    order_imports,
    order_types,
    orders,
    packing,
    paper_looks,
    papers,
    payment_requests,
    payments,
    price_lists,
    products,
    promises,
    promotions,
    purchase_requests,
    reasons,
    receipts,
    receiving_rules,
    reorder_rules,
    reports,
    saved_views,
    settling,
    shipments,
    sourcing,
    stock,
    stock_places,
    summaries,
    supplier_answers,
    supplier_scores,
    suppliers,
    taxes,
    terms,
    users,
    warehouses,
    waybills,
    what_if,
    workflow_migrations,
    workflows,
)
from shundan.api.carrier_events import push
from shundan.api.errors import install_handlers
from shundan.api.gateway_notices import push as gateway_push
from shundan.api.reference import docs_view, nowhere, openapi_view
from shundan.api.routes import guarded_patterns

DESCRIPTION = """Orders from entry to cash.

Send `Authorization: Bearer TOKEN`; a token has the rights of its user. Money and quantities are texts of decimals
("12.50"), never floats. Every POST takes an `Idempotency-Key`: a repeated request gets the first answer and the header
`Idempotent-Replayed: true`. Lists answer `items` and `next`; send `next` as `cursor` to go on. Failures answer
`code`, `message` and `details` (`path`, `code`, `message`): 401 who are you, 403 you may not, 404 not there or not
yours, 409 refused as things stand, 422 malformed, with the path of each field.
"""

api = NinjaAPI(
    title="Shundan 顺单",
    version="1.0.0",
    description=DESCRIPTION,
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
for subject in (
    orders,
    list_columns,
    saved_views,
    reasons,
    taxes,
    exchange_rates,
    order_types,
    amendments,
    order_files,
    order_imports,
    approvals,
    shipments,
    packing,
    paper_looks,
    papers,
    warehouses,
    waybills,
    delivery_problems,
    carriers,
    receipts,
    receiving_rules,
    inspections,
    landed_costs,
    invoices,
    einvoices,
    bills,
    payments,
    settling,
    bank,
    gateways,
    account_statements,
    dunning,
    payment_requests,
    reorder_rules,
    purchase_requests,
    inquiries,
    supplier_answers,
    customers,
    suppliers,
    supplier_scores,
    products,
    price_lists,
    promotions,
    promises,
    stock,
    stock_places,
    count_classes,
    counts,
    sourcing,
    direct,
    reports,
    summaries,
    forecasts,
    terms,
    company,
    users,
    notices,
    workflows,
    approval_tables,
    workflow_migrations,
    what_if,
):
    api.add_router("", subject.routes.router)
for records in master_imports.all_routes:
    api.add_router("", records.router)
install_handlers(api)

urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi_view(api), name="openapi"),
    path("docs", docs_view(api), name="api-docs"),
    path("carrier-events/<str:push_key>", push, name="carrier-events"),
    path("gateway-notices/<str:push_key>", gateway_push, name="gateway-notices"),
    *guarded_patterns(api),
    re_path(r"^(?P<path>.*)$", nowhere),
]
