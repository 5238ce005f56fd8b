"""What people read: views (`sql/`), the run summary."""
