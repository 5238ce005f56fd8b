drop schema if exists report, unmasked, latest cascade;
