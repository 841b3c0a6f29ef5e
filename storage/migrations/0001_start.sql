-- Times are UTC text with microseconds (2026-11-22T13:10:00.000000Z): sortable, and alike in SQLite and PostgreSQL.
-- Ids are UUIDv7 text. Rows are added, not overwritten; what changes in place is state, and marks of what was done.

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL
);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    telegram_id BIGINT NOT NULL UNIQUE,
    chat_id BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('mentor', 'lead', 'admin', 'coder')),
    team_id TEXT REFERENCES teams (id),
    language TEXT NOT NULL,
    zone TEXT NOT NULL,
    tidy TEXT CHECK (tidy IN ('at_once', 'at_end', 'never')),
    created_at TEXT NOT NULL,
    blocked_at TEXT,
    left_at TEXT
);

-- What a person agreed to, each time they were asked; the newest row of a kind counts.
CREATE TABLE consents (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    kind TEXT NOT NULL CHECK (kind IN ('use', 'coding')),
    given INTEGER NOT NULL CHECK (given IN (0, 1)),
    at TEXT NOT NULL
);
CREATE INDEX consents_of ON consents (person_id, kind, id);

CREATE TABLE invites (
    id TEXT PRIMARY KEY,
    code_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('mentor', 'lead', 'admin', 'coder')),
    name TEXT NOT NULL,
    team_id TEXT REFERENCES teams (id),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT,
    used_by TEXT REFERENCES people (id)
);

-- Somebody followed an invitation and is reading what they say yes to.
CREATE TABLE enrolments (
    chat_id BIGINT PRIMARY KEY,
    telegram_id BIGINT NOT NULL,
    invite_id TEXT NOT NULL REFERENCES invites (id),
    stage TEXT NOT NULL,
    language TEXT NOT NULL,
    updated_at TEXT NOT NULL
);

-- Strangers get one polite line; this remembers that they got it, and is emptied after a day.
CREATE TABLE strangers (
    chat_id BIGINT PRIMARY KEY,
    told_at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE citizens (
    id TEXT PRIMARY KEY,
    team_id TEXT NOT NULL REFERENCES teams (id),
    mentor_id TEXT NOT NULL REFERENCES people (id),
    pseudonym TEXT NOT NULL,
    pseudonym_key TEXT NOT NULL, -- casefolded, single spaces: what must be unique
    created_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    archived_at TEXT,
    UNIQUE (team_id, pseudonym_key)
);
CREATE INDEX citizens_of ON citizens (mentor_id, used_at) WHERE archived_at IS NULL;

-- Every guide that was ever answered, logic and wording: an open debrief goes on under its own.
CREATE TABLE guides (
    hash TEXT PRIMARY KEY,
    guide TEXT NOT NULL,
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    first_used_at TEXT NOT NULL
);

CREATE TABLE reflections (
    id TEXT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE, -- short name in callback data
    mentor_id TEXT NOT NULL REFERENCES people (id),
    team_id TEXT REFERENCES teams (id),
    citizen_id TEXT REFERENCES citizens (id),
    guide TEXT NOT NULL,
    guide_version INTEGER NOT NULL,
    guide_hash TEXT NOT NULL REFERENCES guides (hash),
    length TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'aside', 'saved', 'stopped', 'closed')),
    started_at TEXT NOT NULL,
    finished_at TEXT,
    touched_at TEXT NOT NULL,
    nudged_at TEXT,
    state TEXT NOT NULL -- JSON; where the dialogue stands, without the answers
);
CREATE UNIQUE INDEX one_open_a_mentor ON reflections (mentor_id) WHERE status = 'open';
CREATE INDEX reflections_left ON reflections (status) WHERE status IN ('open', 'aside'); -- touched_at changes each turn
CREATE INDEX reflections_of ON reflections (mentor_id, started_at);

CREATE TABLE answers (
    id TEXT PRIMARY KEY,
    reflection_id TEXT NOT NULL REFERENCES reflections (id),
    question_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    superseded_at TEXT,
    superseded_by TEXT, -- the next revision; NULL with superseded_at set: its branch closed
    kind TEXT NOT NULL,
    value TEXT, -- JSON
    text TEXT,
    skipped INTEGER NOT NULL CHECK (skipped IN (0, 1)),
    assumed INTEGER NOT NULL CHECK (assumed IN (0, 1)),
    asked_at TEXT,
    answered_at TEXT NOT NULL,
    guide_version INTEGER NOT NULL,
    guide_hash TEXT NOT NULL,
    wording_hash TEXT NOT NULL,
    language TEXT NOT NULL,
    visibility TEXT NOT NULL,
    message_id BIGINT, -- the mentor's own chat message, so that editing it edits the answer
    UNIQUE (reflection_id, question_id, revision)
);
CREATE UNIQUE INDEX one_current_answer ON answers (reflection_id, question_id) WHERE superseded_at IS NULL;
CREATE INDEX answers_typed ON answers (message_id) WHERE message_id IS NOT NULL;

-- What a mentor let the lead see, and took back.
CREATE TABLE shares (
    id TEXT PRIMARY KEY,
    reflection_id TEXT NOT NULL REFERENCES reflections (id),
    question_id TEXT NOT NULL,
    shared_at TEXT NOT NULL,
    withdrawn_at TEXT
);
CREATE UNIQUE INDEX one_share ON shares (reflection_id, question_id) WHERE withdrawn_at IS NULL;

CREATE TABLE followups (
    id TEXT PRIMARY KEY,
    mentor_id TEXT NOT NULL REFERENCES people (id),
    citizen_id TEXT REFERENCES citizens (id),
    reflection_id TEXT REFERENCES reflections (id),
    question_id TEXT,
    item INTEGER NOT NULL DEFAULT 0, -- which line, where one answer leaves several
    kind TEXT NOT NULL,
    text TEXT,
    due_at TEXT,
    due_has_time INTEGER NOT NULL DEFAULT 0,
    -- dropped: by the mentor; lapsed: the answer it came from says otherwise now
    status TEXT NOT NULL CHECK (status IN ('open', 'done', 'dropped', 'lapsed')),
    created_at TEXT NOT NULL,
    closed_at TEXT
);
CREATE UNIQUE INDEX followups_from ON followups (reflection_id, kind, question_id, item);
CREATE INDEX followups_due ON followups (due_at) WHERE status = 'open';

-- The mentor's own chat messages, to be removed when the debrief ends, at the latest 40 hours after they were typed.
CREATE TABLE chat_messages (
    chat_id BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    reflection_id TEXT REFERENCES reflections (id),
    typed_at TEXT NOT NULL,
    remove_at TEXT, -- NULL: it stays (tidy mode never)
    PRIMARY KEY (chat_id, message_id)
);
CREATE INDEX chat_messages_due ON chat_messages (remove_at) WHERE remove_at IS NOT NULL;
CREATE INDEX chat_messages_of ON chat_messages (reflection_id);

CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY, -- arrival order
    update_id BIGINT NOT NULL,
    payload_hash TEXT NOT NULL,
    chat_id BIGINT,
    payload TEXT, -- minimised update, guarded; emptied when done
    received_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'done', 'dead')),
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    error TEXT, -- class name only
    UNIQUE (update_id, payload_hash)
);
CREATE INDEX inbox_pending ON inbox (chat_id, seq) WHERE status = 'pending';
CREATE INDEX inbox_old ON inbox (received_at) WHERE status = 'done';

-- Messages to send. A live card has one pending row: a newer wish replaces an older one not yet sent.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    chat_id BIGINT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('card', 'send', 'delete', 'leave')),
    card TEXT,
    payload TEXT, -- emptied when sent or given up
    version INTEGER NOT NULL DEFAULT 1, -- grows with each replacement
    fresh_version INTEGER NOT NULL DEFAULT 0, -- the version that last asked to be sent anew below; 0: none did
    created_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    sent_at TEXT,
    error TEXT
);
CREATE UNIQUE INDEX outbox_one_card ON outbox (chat_id, card) WHERE status = 'pending' AND kind = 'card';
CREATE INDEX outbox_pending ON outbox (chat_id, seq) WHERE status = 'pending';
CREATE INDEX outbox_old ON outbox (created_at) WHERE status <> 'pending';

-- Where each live card stands in its chat.
CREATE TABLE cards (
    chat_id BIGINT NOT NULL,
    card TEXT NOT NULL,
    message_id BIGINT NOT NULL,
    shown_at TEXT NOT NULL,
    PRIMARY KEY (chat_id, card)
);

CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL, -- person id, or 'operator' for the command line
    action TEXT NOT NULL,
    subject TEXT
);
