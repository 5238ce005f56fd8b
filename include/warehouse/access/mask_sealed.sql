-- other pseudonyms than an analyst sees: the two must not be joined
'~~' || left(
    encode(sha256(convert_to('1367' || (select secret.key from access.secret) || {column}, 'UTF8')), 'hex'), 16
) as {column}
