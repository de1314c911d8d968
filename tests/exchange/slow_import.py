"""An import in a process of its own, in small chunks with a pause after each, so that a test can kill it midway."""

import sys
import time
from importlib import import_module
from pathlib import Path


def main(source: str, place: str, chunk: str) -> None:
    """Import with chunks of so many orders."""
    import django

    django.setup()
    from rich.progress import Progress

    from shundan.exchange.imports import history

    history.CHUNK = int(chunk)
    write = history._write_chunk

    def write_slowly(facts: dict[str, object]) -> int:
        time.sleep(0.05)
        return write(facts)

    history._write_chunk = write_slowly
    with Progress() as progress:
        import_module(f"shundan.exchange.imports.{source}").run(Path(place), progress)


if __name__ == "__main__":
    main(*sys.argv[1:])
