"""SQL: jobs and accounts in Postgres, or in SQLite on a laptop, by the same statements."""
