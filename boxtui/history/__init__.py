"""What was seen, scanned, lost and done, in SQLite.

`History` is the whole face; it takes and gives the model's types, and knows nothing of engines but
the key that their `EngineInfo` carries.
"""

from boxtui.history.history import History

__all__ = ["History"]
