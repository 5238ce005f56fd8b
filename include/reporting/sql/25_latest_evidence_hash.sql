-- what a reviewer saw of a pair: other values or levels have another hash; weights are the model's
create view latest.evidence_hash as
select
    pair_id,
    encode(
        sha256(convert_to(
            jsonb_agg(
                jsonb_build_array(comparison, persona_value, petitioner_value, level) order by comparison
            )::text,
            'UTF8'
        )),
        'hex'
    ) as evidence_hash
from match.evidence
group by pair_id;
