-- entities are of the model that resolved last; what others have resolved is of no use any more
delete from match.resolved
where
    model_version <> (
        select model_version from match.resolved
        order by run_id desc
        limit 1
    );
