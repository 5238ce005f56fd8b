select member, entity from match.entity
