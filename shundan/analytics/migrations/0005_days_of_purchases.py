"""Scores of suppliers and summaries find purchases and receipts by their day, not by reading all there ever were."""

from django.db import migrations

PURCHASES = """
create index concurrently if not exists order_purchase_by_day on orders_order (ordered_on) where kind = 'purchase'
"""
RECEIPTS = "create index concurrently if not exists receipt_by_moment on fulfilment_receipt (posted_at)"
INQUIRIES = "create index concurrently if not exists inquiry_by_moment on purchasing_inquiry (created_at)"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("analytics", "0004_supplier_weights"),
        ("orders", "0009_kinds"),
        ("fulfilment", "0002_kinds"),
        ("purchasing", "0002_inquiries"),
    ]
    operations = [
        migrations.RunSQL(PURCHASES, "drop index concurrently if exists order_purchase_by_day"),
        migrations.RunSQL(RECEIPTS, "drop index concurrently if exists receipt_by_moment"),
        migrations.RunSQL(INQUIRIES, "drop index concurrently if exists inquiry_by_moment"),
    ]
