"""The command `shundan`: one small function for each subcommand, which imports what it needs when it runs."""

import argparse
import gc
import getpass
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

Command = Callable[[argparse.Namespace], int]
SOURCES = ("northwind", "online-retail", "superstore")


def main(words: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shundan.config.settings")
    arguments, options = _parser().parse_known_args(words)
    # The tools know their own options; every other command refuses what it does not know.
    if options and arguments.command is not _screenshots:
        _parser().parse_args(words)
    arguments.options = options
    command: Command = arguments.command
    try:
        return command(arguments)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # Whoever asks by hand before Shundan runs gets the cure; a server or worker tells its supervisor all.
        if command not in (_check, _demo, _import, _token, _user) or not _finds_no_database(error):
            raise
        print(f"shundan: the database does not answer. Start Shundan first: make run. ({error})", file=sys.stderr)
        return 1


def _finds_no_database(error: Exception) -> bool:
    from django.db import OperationalError, connection

    return isinstance(error, OperationalError) and connection.connection is None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="shundan", description="顺单 Shundan: order management.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def add(name: str, command: Command, words: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words)
        one.set_defaults(command=command)
        return one

    add("run", _run, "run database, web and worker until Ctrl-C")
    add("migrate", _migrate, "bring the database up to date")
    add("demo", _demo, "fill an empty database with the demo company")
    add("check", _check, "prove the invariants of the data, read-only; exit code 1 when one is broken")
    add("bench", _bench, "measure speed against the raw limit of the same PostgreSQL").add_argument(
        "words", nargs="*", help="which measures; all without"
    )
    screenshots = add("screenshots", _screenshots, "take a picture of every page")
    screenshots.description = "Take a picture of every page; its options: python -m tools.screenshots --help."
    add("worker", _worker, "run one worker for jobs")
    _add_web(add("web", _web, "run only the web server"))
    _add_import(add("import", _import, "read orders and master data of another system"))
    _add_db(add("db", _db, "print the address of the database, for psql"))
    token = add("token", _token, "make an API token")
    token.add_argument("verb", choices=["create"])
    token.add_argument("email")
    user = add("user", _user, "make a user")
    user.add_argument("verb", choices=["create"])
    user.add_argument("email")
    user.add_argument("--name", default="")
    user.add_argument("--role", action="append", default=[], help="may be given several times")
    prepare = add("prepare", _prepare, "do what `run` does before it serves")
    prepare.add_argument("--report", type=Path)
    return parser


def _add_web(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--address", default=_address())
    parser.add_argument("--port", type=int, default=_port())
    parser.add_argument("--after", type=Path, help="a file to wait for before serving")


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", choices=SOURCES)
    parser.add_argument("path", type=Path)


def _add_db(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("verb", nargs="?", choices=["address", "start"], default="address")


def _run(arguments: argparse.Namespace) -> int:
    from shundan.config import supervisor

    return supervisor.run(address=_address(), port=_port())


def _prepare(arguments: argparse.Namespace) -> int:
    _set_up_django()
    from shundan.config.prepare import prepare

    prepare(arguments.report)
    return 0


def _migrate(arguments: argparse.Namespace) -> int:
    _set_up_django()
    from shundan.config.prepare import keep_zone, migrate

    migrate()
    keep_zone()
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    _set_up_django()
    from shundan.config.prepare import load_demo_if_empty

    for role, email, password in load_demo_if_empty():
        print(f"{role:<20} {email:<32} {password}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    _set_up_django()
    from rich.console import Console
    from rich.table import Table

    from shundan.config.integrity import run_checks

    console = Console(highlight=False)
    with console.status("checking …") as status:
        findings = run_checks(status.update)
    table = Table("Code", "Room", "Promise", "Broken by")
    for each in findings:
        table.add_row(each.code, each.room, each.promise, f"[red]{each.count} rows[/red]" if each.count else "nothing")
    console.print(table)
    wrong = [each for each in findings if each.count]
    for each in wrong:
        console.print(f"{each.code}: {each.promise}")
        for row in each.examples:
            console.print(f"  {row}", markup=False)
    console.print(f"{len(findings) - len(wrong)} of {len(findings)} promises kept")
    return 1 if wrong else 0


def _web(arguments: argparse.Namespace) -> int:
    from shundan.config.web import serve

    serve(address=arguments.address, port=arguments.port, after=arguments.after)
    return 0


def _worker(arguments: argparse.Namespace) -> int:
    _set_up_django()
    from shundan.config.worker import work

    work()
    return 0


def _token(arguments: argparse.Namespace) -> int:
    _set_up_django()
    from django.utils import timezone

    from shundan.accounts.actions import issue_api_token
    from shundan.accounts.queries import user_by_email_unscoped
    from shundan.kernel.actor import system_actor

    user = user_by_email_unscoped(arguments.email)
    if user is None:
        print(f"shundan: nobody has the e-mail {arguments.email}", file=sys.stderr)
        return 1
    print(issue_api_token(user, name="shundan token create", by=system_actor(timezone.now(), door="command")))
    return 0


def _user(arguments: argparse.Namespace) -> int:
    _set_up_django()
    from django.utils import timezone

    from shundan.accounts.actions import create_user
    from shundan.kernel.actor import system_actor
    from shundan.kernel.errors import Refused

    password = os.environ.get("SHUNDAN_PASSWORD") or getpass.getpass("Password: ")
    try:
        create_user(
            email=arguments.email,
            name=arguments.name or arguments.email.split("@")[0],
            password=password,
            roles=arguments.role,
            by=system_actor(timezone.now(), door="command"),
        )
    except Refused as refusal:
        print(f"shundan: {refusal}", file=sys.stderr)
        return 1
    return 0


def _import(arguments: argparse.Namespace) -> int:
    if not arguments.path.exists():
        print(f"shundan: {arguments.path} does not exist", file=sys.stderr)
        return 1
    _set_up_django()
    from rich.progress import Progress

    from shundan.kernel.errors import Refused

    reader = import_module(f"shundan.exchange.imports.{arguments.source.replace('-', '_')}")
    try:
        with Progress() as progress:
            reader.run(arguments.path, progress)
    except Refused as refusal:
        print(f"shundan: {refusal}", file=sys.stderr)
        return 1
    return 0


def _bench(arguments: argparse.Namespace) -> int:
    # The bench sets Django up itself, once it has a database of its own.
    return int(import_module("bench.run").main(arguments.words) or 0)


def _screenshots(arguments: argparse.Namespace) -> int:
    return int(import_module("tools.screenshots").main(arguments.options) or 0)


def _db(arguments: argparse.Namespace) -> int:
    if arguments.verb == "start":
        from shundan.config import supervisor

        return supervisor.run_database()
    from shundan.config.database import database_url

    print(database_url())
    return 0


def _set_up_django() -> None:
    """Import the rooms; the collector would walk again and again what stays to the end, a third of the time."""
    import django

    gc.disable()
    django.setup()
    gc.freeze()
    gc.enable()


def _address() -> str:
    return os.environ.get("SHUNDAN_ADDRESS") or "127.0.0.1"


def _port() -> int:
    given = os.environ.get("SHUNDAN_PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65_536:
        sys.exit(f"shundan: SHUNDAN_PORT must be a number from 1 to 65535, not {given!r}")
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
