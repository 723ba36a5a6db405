"""From the model to lines of text: pure functions, one file a view, no widget and no colour."""
