"""Crosscheck: the pipeline. Runs and is tested without Airflow; `docs/architecture.md` is the map."""
