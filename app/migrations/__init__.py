"""The schema's history, by Alembic: one file a step, applied by app/migrate.py."""
