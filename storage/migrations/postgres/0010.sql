-- What 0010 says in SQLite's own words, and how workers wake each other.

CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT 1 FROM audit WHERE action = 'audit_pruned' AND CAST(split_part(subject, '/', 1) AS BIGINT) >= old.seq
    ) THEN
        RETURN old;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = 'the audit is only added to',
        MESSAGE = 'the audit is only added to';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_kept BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();

-- Of two that follow the same row, the later one meets the first one's number: it is told to try again.
CREATE FUNCTION audit_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.previous <> COALESCE((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), repeat('0', 64)) THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = 'the audit is only added to',
            MESSAGE = 'the audit is only added to';
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER audit_added BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_added();

CREATE VIEW audit_guards AS
    SELECT tgname AS name FROM pg_trigger WHERE tgrelid = 'audit'::regclass AND NOT tgisinternal AND tgenabled <> 'D';

-- As SQLite's own of that name, but counted from the beginning of the transaction.
CREATE FUNCTION total_changes() RETURNS BIGINT LANGUAGE sql AS $$
    SELECT COALESCE(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::BIGINT FROM pg_stat_xact_user_tables
$$;

CREATE FUNCTION wake_workers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('eftertanke', TG_TABLE_NAME);
    RETURN NULL;
END $$;
CREATE TRIGGER wake_workers AFTER INSERT ON inbox FOR EACH STATEMENT EXECUTE FUNCTION wake_workers();
CREATE TRIGGER wake_workers AFTER INSERT OR UPDATE OF payload ON outbox
    FOR EACH STATEMENT EXECUTE FUNCTION wake_workers();
CREATE TRIGGER wake_workers AFTER INSERT ON week_files FOR EACH STATEMENT EXECUTE FUNCTION wake_workers();
