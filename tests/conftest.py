"""Fixtures for all tests; those of real engines are told in tests/engines/__init__.py."""

pytest_plugins = ["tests.engines.fixtures"]
