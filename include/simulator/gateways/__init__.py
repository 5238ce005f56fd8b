"""The agencies' gateways: exports over HTTP, and the faults of the way and of the file."""
