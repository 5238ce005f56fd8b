insert into access.secret default values;
