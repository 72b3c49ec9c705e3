"""`flask audit verify`."""

import click
from flask.cli import AppGroup

from tumorboard.audit.queries import faults
from tumorboard.kernel.db import reading

audit = AppGroup("audit", help="The audit trail.")


@audit.command("verify")
def verify() -> None:
    """Walk the hash chain; name every tampered or missing row and exit with 1 when there is one."""
    with reading():
        found = list(faults())
    for fault in found:
        click.echo(f"Entry {fault.sequence} {fault.what}.", err=True)
    if found:
        raise SystemExit(1)
    click.echo("The audit chain is whole.")
