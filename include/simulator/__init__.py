"""The two agencies, simulated: a population whose truth is known, its records and their faults, and HTTP gateways."""
