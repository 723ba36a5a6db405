"""What the journals tell, taken over into the history.

The journal is on the disk before anything is done, and is written on by runner and guard alone:
so history learns of an operation also where the console that began it is gone.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boxtui.history import History


def read_journals(history: "History", state_dir: Path) -> None:
    """Take in all the operations of this state folder that the history knows no end of."""
    try:
        begun = {folder.name for folder in (state_dir / "operations").iterdir()}
    except OSError:
        # none was ever begun here
        return
    unknown = begun - history.settled_operations()
    if not unknown:
        return
    from boxtui.operations import journal  # noqa: PLC0415 - `ps` seldom needs it

    for operation in journal.operations(state_dir):
        if operation.id in unknown:
            header = journal.header_of(journal.read_lines(state_dir, operation.id))
            history.save_operation(header.engine, operation)
