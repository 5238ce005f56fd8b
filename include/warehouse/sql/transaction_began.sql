select now() as at;
