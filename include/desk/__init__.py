"""Pages for people, mounted in the Airflow UI by `plugins/crosscheck.py`; knows nothing of Airflow."""
