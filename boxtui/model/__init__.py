"""What boxtui knows of an engine: frozen dataclasses of the standard library only."""
