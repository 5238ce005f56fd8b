comment on function access.is_coarse_moment() is
'whether crosscheck.source_at and crosscheck.known_at are begins of fiscal years or not set; an error otherwise';
