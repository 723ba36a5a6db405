"""boxtui: the terminal console for Docker containers that must not forget."""
