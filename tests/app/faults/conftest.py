"""The stores' databases, for the faults."""

from tests.app.stores.conftest import server, variables

__all__ = ["server", "variables"]
