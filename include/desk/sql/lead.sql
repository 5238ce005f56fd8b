select
    comparison,
    persona_value,
    petitioner_value,
    level,
    weight
from report.evidence
where subject_id = %(subject_id)s and receipt_number = %(receipt_number)s
order by abs(weight) desc, comparison;
