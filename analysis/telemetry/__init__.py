"""What logs and alerts see: filters, series and audit entries."""
