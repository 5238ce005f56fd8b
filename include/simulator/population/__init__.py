"""People as they really are: names of twelve cultures, families, places."""
