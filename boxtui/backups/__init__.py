"""Backups: format, store, catalogue, verification, retention."""
