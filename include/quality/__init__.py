"""Landed text becomes a typed, judged table: staging, the rules of the contract, Great Expectations, the gate."""
