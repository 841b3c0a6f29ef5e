-- The audit becomes a chain: each row holds the hash of the one before. sha256_hex is ours, given to every connection.

CREATE TABLE audit_chain (
    seq INTEGER PRIMARY KEY, -- without gaps: a row that is missing shows
    id TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    actor TEXT NOT NULL, -- person id, or 'operator' for the command line
    action TEXT NOT NULL,
    subject TEXT, -- ids only, never a text that somebody wrote
    previous TEXT NOT NULL, -- hash of the row before; 64 zeros at the very first
    hash TEXT NOT NULL -- of previous and the row's own columns, as storage.audit says
);
INSERT INTO audit_chain (id, at, actor, action, subject, previous, hash)
    SELECT id, at, actor, action, subject, '', '' FROM audit ORDER BY id;
WITH RECURSIVE chain (seq, previous, hash) AS (
    SELECT 0, '', '0000000000000000000000000000000000000000000000000000000000000000'
    UNION ALL
    SELECT row.seq, chain.hash, sha256_hex(
        chain.hash || '|' || row.id || '|' || row.at || '|' || row.actor || '|' || row.action || '|' || COALESCE(row.subject, '')
    ) FROM chain JOIN audit_chain AS row ON row.seq = chain.seq + 1
)
UPDATE audit_chain SET
    previous = (SELECT chain.previous FROM chain WHERE chain.seq = audit_chain.seq),
    hash = (SELECT chain.hash FROM chain WHERE chain.seq = audit_chain.seq);
DROP TABLE audit;
ALTER TABLE audit_chain RENAME TO audit;
CREATE INDEX audit_of_subject ON audit (subject);
CREATE INDEX audit_of_actor ON audit (actor);
CREATE INDEX audit_pruned ON audit (seq) WHERE action = 'audit_pruned'; -- asked for each row that is pruned
CREATE INDEX audit_pass_on ON audit (seq) WHERE action = 'pass_on'; -- few among many: to whom citizens were passed
-- A new row goes to the end and follows the last one; this also stops REPLACE, which deletes without asking a trigger.
CREATE TRIGGER audit_added BEFORE INSERT ON audit
    WHEN new.previous <> COALESCE(
        (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000'
    ) OR EXISTS (SELECT 1 FROM audit WHERE seq = new.seq OR id = new.id) BEGIN
    SELECT RAISE(ABORT, 'the audit is only added to');
END;
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit is only added to');
END;
-- Rows go only from the oldest end, once a row says up to where: its subject begins with that number.
CREATE TRIGGER audit_kept BEFORE DELETE ON audit
    WHEN NOT EXISTS (SELECT 1 FROM audit WHERE action = 'audit_pruned' AND CAST(subject AS INTEGER) >= old.seq) BEGIN
    SELECT RAISE(ABORT, 'the audit is only added to');
END;

-- What keeps the audit as it is, for whoever checks that it is still there.
CREATE VIEW audit_guards AS SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit';

-- Names that the guard looks for in what this person types; for nobody else's eyes.
CREATE TABLE guard_names (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL, -- casefolded, single spaces
    added_at TEXT NOT NULL,
    UNIQUE (person_id, name_key)
);

-- Invitation codes that did not fit, by chat: counted, and emptied after a day.
CREATE TABLE invite_tries (
    chat_id BIGINT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX invite_tries_of ON invite_tries (chat_id, at);

-- Backups as they were made, also those that failed: problem says why, by class name.
CREATE TABLE backups (
    id TEXT PRIMARY KEY,
    made_at TEXT NOT NULL,
    made_by TEXT NOT NULL CHECK (made_by IN ('clock', 'operator', 'setup', 'rekey')),
    file TEXT NOT NULL, -- its name, without folders
    bytes BIGINT NOT NULL,
    verified_at TEXT,
    problem TEXT
);
CREATE INDEX backups_made ON backups (made_at);

-- Restoring was tried, into nowhere: the only proof that a backup is one.
CREATE TABLE drills (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    backup_made_at TEXT NOT NULL,
    problem TEXT -- NULL: everything was there
);

-- This database came out of a backup.
CREATE TABLE restores (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    backup_made_at TEXT NOT NULL
);

-- What was erased on purpose, and who left, by id: so that no restored backup brings it back, or lets anybody in again.
CREATE TABLE erasures (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('mentor', 'citizen', 'left')),
    subject TEXT NOT NULL -- the id that was erased, or of who left
);

-- Who was told how many days ahead of what will be deleted by age.
CREATE TABLE retention_told (
    person_id TEXT NOT NULL REFERENCES people (id),
    run_on TEXT NOT NULL, -- local date of the deletion, 2027-01-01
    days INTEGER NOT NULL CHECK (days IN (7, 30)),
    told_at TEXT NOT NULL,
    PRIMARY KEY (person_id, run_on, days)
);
CREATE TABLE retention_runs (
    run_on TEXT PRIMARY KEY,
    done_at TEXT NOT NULL,
    debriefs INTEGER NOT NULL, -- whose answers were deleted
    logs INTEGER NOT NULL -- debriefs and threads that left the log
);

-- Who asked for a copy of what is stored about them. A row goes away in the transaction that queues the files.
CREATE TABLE my_data_asked (
    person_id TEXT PRIMARY KEY REFERENCES people (id), -- asked for twice, it is still one
    asked_at TEXT NOT NULL,
    not_before TEXT,
    attempts INTEGER NOT NULL DEFAULT 0
);

-- When something last worked, for who looks from outside: 'poll'.
CREATE TABLE signs_of_life (
    name TEXT PRIMARY KEY,
    at TEXT NOT NULL
);

-- The log looks for what was changed: few rows among many.
CREATE INDEX answers_changed ON answers (question_id) WHERE superseded_at IS NOT NULL;
