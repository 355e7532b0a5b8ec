"""The database: tables, batches, migrations, locks."""
