'~' || left(encode(sha256(convert_to((select secret.key from access.secret) || {column}, 'UTF8')), 'hex'), 16) as {column}
