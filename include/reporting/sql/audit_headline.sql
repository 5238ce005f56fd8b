select
    line,
    question,
    value,
    lower,
    upper,
    caveat
from report.audit_headline(%(start)s, %(end)s);
