drop function access.petition();
