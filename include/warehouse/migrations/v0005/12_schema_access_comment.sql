comment on schema access is 'who may see what, and at which moment they look';
