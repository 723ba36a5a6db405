"""Fixtures for all tests, told in tests/engines/__init__.py; and what does not run unasked."""

import signal

import pytest

pytest_plugins = ["tests.engines.fixtures", "tests.engines.remote"]


def pytest_configure(config: pytest.Config) -> None:
    """Leave the long matrices to who asks for them, by `-m full` or by a path in tests/full."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # as a shell starts what runs in the background: what tests start would be deaf to Ctrl-C
        signal.signal(signal.SIGINT, signal.default_int_handler)
    wanted: str = config.option.markexpr
    if "full" not in wanted and not any("tests/full" in argument for argument in config.args):
        config.option.markexpr = f"({wanted}) and not full" if wanted else "not full"
