"""Titles in a pane's border, changed without repainting the pane.

Textual repaints a widget as a whole when its border_title is set: fifteen kilobytes for one press
of `j`, since the title names the object selected and the subtitle the row. So the text is put where
Textual keeps it, and only the line of the border is marked as changed.
"""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


def entitle(pane: Widget, title: Content) -> None:
    """Change the title, in the upper border."""
    if title != pane._border_title:  # noqa: SLF001 - see above
        pane._border_title = title  # noqa: SLF001 - see above
        pane.refresh(Region(-1, -1, pane.size.width + 2, 1))


def subtitle(pane: Widget, text: str) -> None:
    """Change the subtitle, in the lower border."""
    content = Content(text)
    if content != pane._border_subtitle:  # noqa: SLF001 - see above
        pane._border_subtitle = content  # noqa: SLF001 - see above
        pane.refresh(Region(-1, pane.size.height, pane.size.width + 2, 1))
