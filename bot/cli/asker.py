"""Asks what `rollcall init` needs to know, unless it was told before."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def no_fault(answer: str) -> str:
    """Any answer will do."""
    return ""


class Asker:
    """Gives an answer that is known, asks for it, or takes the default where nothing may be asked."""

    def __init__(self, known: dict[str, Any], *, silent: bool) -> None:
        self.known = known
        self._silent = silent

    def ask(self, key: str, question: str, default: str = "", *, choices: tuple[str, ...] = ()) -> str:
        """The answer to one question; raises UsageError where one is needed and may not be asked for."""
        if key in self.known:
            return str(self.known[key]).strip()
        if self._silent:
            return default
        kind = click.Choice(choices) if choices else None
        answer: str = click.prompt(question, default=default, type=kind, show_default=bool(default))
        return answer.strip()

    def need(self, key: str, question: str, default: str = "", fault: Callable[[str], str] = no_fault) -> str:
        """An answer that must not be empty; `fault` says what is wrong with one, '' for nothing."""
        while True:
            answer = self.ask(key, question, default)
            wrong = "it is needed" if not answer else fault(answer)
            if not wrong:
                return answer
            if self._silent or key in self.known:
                raise click.UsageError(f"--{key.replace('_', '-')}: {wrong}")
            click.echo(wrong)

    def make_password(self, path: str) -> None:
        """Offer to make the password's file, where it can be made and is not there."""
        file = Path(path)
        if self._silent or "$" in path or file.exists():
            return
        password = click.prompt(f"The password, to be written to {file} (empty: later)", "", hide_input=True)
        if password:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                out.write(password + "\n")
