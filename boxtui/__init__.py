"""boxtui: the terminal console for Docker containers that must not forget."""

__version__ = "0.1.0"
