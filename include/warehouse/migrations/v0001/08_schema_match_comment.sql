comment on schema match is 'scored pairs with evidence, and entities';
