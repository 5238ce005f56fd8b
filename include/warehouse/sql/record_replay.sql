insert into quarantine.replay (quarantine_id, run_id, contract_version, outcome, reasons, why)
values (%(quarantine_id)s, %(run_id)s, %(contract_version)s, %(outcome)s, %(reasons)s, %(why)s);
