drop function access.reads_as(name);
