"""Extraction: what a gateway exports becomes verified, immutable attempts in the landing zone."""
