"""One job of a worker in a process of its own, so that a test can kill it while it speaks to the carrier."""

import sys


def main(kind: str, key: str) -> None:
    """Hand over a waybill, or run an errand."""
    import django

    django.setup()
    from django.utils import timezone

    from shundan.fulfilment.actions import book_waybill, run_errand
    from shundan.kernel.actor import system_actor

    work = {"book": book_waybill, "errand": run_errand}[kind]
    work(int(key), by=system_actor(timezone.now()))


if __name__ == "__main__":
    main(*sys.argv[1:])
