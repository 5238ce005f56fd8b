update match.entity_change
set reason = 'link'
where reason = 'decided';
