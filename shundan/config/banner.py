"""What `shundan run` tells the person who started it."""

from typing import Any

from shundan.config.folders import data_folder


def tell_ready(url: str, report: dict[str, Any]) -> None:
    """Print the addresses, and who can sign in to a demo."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(f"\n  [bold]顺单 Shundan[/bold]   {url}")
    console.print(f"  API           {url}/api/v1/docs")
    console.print(f"  Data and logs {data_folder()}", soft_wrap=True)
    sign_ins = report.get("sign_ins") or []
    if sign_ins:
        table = Table("Role 角色", "E-mail", "Password 密码", title="Demo sign-ins 演示账号", title_justify="left")
        for each in sign_ins:
            table.add_row(*[str(word) for word in each])
        console.print(table)
    console.print("  Ctrl-C stops everything.\n")


def tell_already_running(note: dict[str, Any]) -> None:
    """Print where the installation runs already."""
    if note:
        print(f"  Shundan already runs: process {note['pid']}, {note['address']}", flush=True)
        print(f"  To stop it: Ctrl-C in its window, or kill {note['pid']}", flush=True)
    else:
        print("  Shundan is just being started by another process; try again in a moment.", flush=True)
