drop schema if exists report, latest cascade;
