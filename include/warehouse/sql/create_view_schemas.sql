create schema latest;
create schema report;
comment on schema latest is 'of each source record the version with the latest source update';
comment on schema report is 'views that answer a question; the only schema that readers see';
