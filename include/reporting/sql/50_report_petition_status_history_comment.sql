comment on view report.petition_status_history is
'Every status a petition had, from since (source time) until until (null: still); loaded_at: when we learnt of it. A
petition that was taken back has record_state cancelled. Drill down: version_id. Caveat: a source that overwrites a
status between two exports leaves no version of it.';
