"""Stand-ins for fast tests; contract tests hold them to the real thing."""
