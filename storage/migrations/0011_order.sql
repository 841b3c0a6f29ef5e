-- What waits, in the order in which it came: the first hundred of ten thousand are found without a look at the rest.
CREATE INDEX inbox_order ON inbox (seq) WHERE status = 'pending';
CREATE INDEX outbox_order ON outbox (seq) WHERE status = 'pending';
