"""What the tests of the console share."""

from typing import Any

from textual.app import App


def screen_text(app: App[Any]) -> str:
    """The words on the screen, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)
