-- The group of one petition is all that is asked for. For who may see record numbers alone: another would learn of a number
-- that is known from elsewhere whose group it is in
create function access.petition() returns text
language sql stable parallel safe
return case
    when pg_has_role(current_user, 'investigator', 'usage') then nullif(current_setting('crosscheck.petition', true), '')
end;
