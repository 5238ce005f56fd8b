-- Who may what, on one page. Run after every migration: it holds for new tables of these schemas too; a new schema is
-- nobody's until a line here says whose.

revoke all on all tables in schema ops, record, quarantine, match, latest, report, unmasked, access, audit
from public, crosscheck_reader, crosscheck_etl, crosscheck_steward, analyst, investigator, reviewer, privacy_officer, desk;
revoke all on schema ops, record, quarantine, match, latest, report, unmasked, access, audit
from public, crosscheck_reader, crosscheck_etl, crosscheck_steward, analyst, investigator, reviewer, privacy_officer, desk;
do $$
begin
    execute format(
        'grant connect, temporary on database %I to crosscheck_etl, analyst, investigator, reviewer, privacy_officer, desk',
        current_database()
    );
end
$$;

-- the pipeline: versions only grow; the books and the matches are its own
grant usage on schema ops, record, quarantine, match, latest, report to crosscheck_etl;
grant select, insert, update, delete on all tables in schema ops, match to crosscheck_etl;
revoke insert, update, delete on match.decision from crosscheck_etl; -- people decide
revoke delete on ops.load from crosscheck_etl; -- versions name it
grant select on all tables in schema record to crosscheck_etl;
do $$
declare
    version_table record;
begin
    -- not the number: it is the sequence's to give, and most tables have no index that would refuse one that is taken
    for version_table in
        select
            attrelid::regclass as name,
            string_agg(quote_ident(attname), ', ' order by attnum) as columns
        from pg_attribute
        inner join pg_class on pg_class.oid = attrelid and relnamespace = 'record'::regnamespace and relkind = 'r'
        where attnum > 0 and not attisdropped and attidentity = ''
        group by attrelid
    loop
        execute format('grant insert (%s) on %s to crosscheck_etl', version_table.columns, version_table.name);
    end loop;
end
$$;
grant select, insert, update on all tables in schema quarantine to crosscheck_etl;
grant select on all tables in schema latest, report to crosscheck_etl;

-- who looks after the quarantine: reasons and places; the rows themselves are sealed
grant usage on schema quarantine to crosscheck_steward;
grant select on all tables in schema quarantine to crosscheck_steward;

-- readers: the books hold nothing of a person; which reports they see, and how much of them, follows from the contracts
grant usage on schema report, ops to analyst, investigator;
grant select on all tables in schema ops to analyst, investigator;
-- a function of report asks the reports in the name of whoever calls it
revoke all on all functions in schema report from public;
grant execute on all functions in schema report to crosscheck_etl, analyst, investigator;

-- the audit trail: the pages write it, under their own login and nobody else's; the privacy officer reads it
grant usage on schema audit to privacy_officer, desk;
grant select on all tables in schema audit to privacy_officer;
grant select, insert on audit.access to desk;
grant select, insert, update on audit.head to desk;

-- decisions: a reviewer adds them, each with an entry of the trail, which the pages alone can write; nobody changes one
grant usage on schema match to reviewer, privacy_officer;
grant insert on match.decision to reviewer;
grant select on match.decision to privacy_officer;
