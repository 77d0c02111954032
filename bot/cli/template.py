"""`template`: the empty Learner Upload sheet."""

from pathlib import Path

import click

from bot.sheet.workbooks import write_template


@click.command()
@click.argument("file", type=click.Path(path_type=Path), default=Path("Learner Upload.xlsx"))
@click.option("-f", "--force", is_flag=True, help="Write over a file that is there already.")
def template(file: Path, force: bool) -> None:
    """Write the empty Learner Upload sheet to FILE, ready to send to a customer."""
    try:
        with file.open("wb" if force else "xb") as out:
            out.write(write_template())
    except FileExistsError:
        raise click.ClickException(f"{file} is there already; --force writes over it") from None
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    click.echo(f"wrote {file}")
