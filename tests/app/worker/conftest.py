"""The stores' databases, for the worker's tests."""

from tests.app.stores.conftest import server, variables

__all__ = ["server", "variables"]
