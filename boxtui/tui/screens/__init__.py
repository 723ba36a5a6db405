"""Screens and dialogs, each with its stylesheet beside it."""
