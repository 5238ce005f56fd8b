create index gate_decision_gate on ops.gate_decision (run_id, dataset);
