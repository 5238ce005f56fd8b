"""What both agencies hold of the people, and what goes wrong between a person and a row."""
