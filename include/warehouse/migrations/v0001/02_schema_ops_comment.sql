comment on schema ops is 'the books: runs, attempts, accounts, expectation results, gates';
