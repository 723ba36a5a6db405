"""Keys typed faster than the console turns: each acts where the operator meant it, or not at all.

Textual hands a key to the widget that has the focus when the key arrives, and asks for bindings
when it has bubbled up, which may be after the key before it has moved the focus or opened a
dialog. Over a slow line several keys arrive at once: the rest of a filter typed after `/` would
stop boxes. So a key that finds the focus elsewhere than where it was aimed is handed on to where
the focus is now, as if it had arrived only then.
"""

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

_AIM = "_boxtui_aimed_at"


def aim(app: App[int], key: events.Key) -> None:
    """Remember where a key goes that has just arrived."""
    setattr(key, _AIM, _where(app))


def went_astray(app: App[int], key: events.Key) -> bool:
    """Whether the focus has moved since the key arrived."""
    return getattr(key, _AIM, _where(app)) is not _where(app)


def _where(app: App[int]) -> MessagePump | None:
    # at the very end there is no screen any more
    return app.focused or app.screen if app.screen_stack else None
