delete from incoming
where ({version_key}) in (select {version_key} from {table})
returning quarantine_id;
