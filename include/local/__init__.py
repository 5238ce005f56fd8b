"""One machine: embedded PostgreSQL, simulated gateways and Airflow as child processes; not part of a deployment."""
