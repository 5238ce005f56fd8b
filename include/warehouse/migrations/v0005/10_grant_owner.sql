-- the owner makes the views: what row security hides from it, it hides from every reader of them
do $$
begin
    execute format('grant crosscheck_etl to %I', current_user);
end
$$;
