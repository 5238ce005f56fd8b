"""What the pipeline withstands: histories of nights with kills, and nights of the hostile scenario."""
