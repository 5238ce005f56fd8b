"""One machine: embedded PostgreSQL, simulated gateways and Airflow as child processes. Nothing of it runs in a deployment."""
