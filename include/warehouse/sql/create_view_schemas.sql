create schema latest;
create schema report;
create schema unmasked;
comment on schema latest is 'of each source record the version with the latest source update';
comment on schema report is 'views that answer a question, masked for whoever asks; with the books all that readers see';
comment on schema unmasked is 'the same views with nothing hidden: nobody is granted them';
