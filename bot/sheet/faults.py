"""Why a file gives no grid, raised by the parts that open it and turned into a verdict in one place."""

from bot.values.sheet import Verdict


class FileRefused(Exception):
    """The file ends in a verdict other than OK; `kind` names another kind of file or the limit passed."""

    def __init__(self, verdict: Verdict, kind: str = "") -> None:
        super().__init__(f"{verdict}: {kind}")
        self.verdict = verdict
        self.kind = kind
