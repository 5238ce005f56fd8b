alter table match.run drop column dropped_blocks;
