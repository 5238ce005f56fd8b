-- other pseudonyms than an analyst sees, and others in each report: what one report lets out of a record must not be joined with
-- what another does
'~~' || left(
    encode(
        sha256(convert_to('1367 ' || {view} || ' ' || (select secret.key from access.secret) || {column}, 'UTF8')), 'hex'
    ),
    16
) as {column}
