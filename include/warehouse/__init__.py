"""The PostgreSQL warehouse: connection, migrations, bulk load, the queries of `sql/`."""
