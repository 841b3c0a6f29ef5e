-- Reminders, people's working hours and days away, contact threads with their attempts.

ALTER TABLE citizens ADD COLUMN rhythm_days INTEGER CHECK (rhythm_days > 0); -- contact this often; NULL: as the ladder says
ALTER TABLE citizens ADD COLUMN channels TEXT; -- JSON list of the channels agreed with the citizen; NULL: all
ALTER TABLE citizens ADD COLUMN weekly_cap INTEGER CHECK (weekly_cap > 0); -- attempts a week; NULL: as the ladder says

-- Without a row: the default hours.
CREATE TABLE person_hours (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    weekdays TEXT NOT NULL CHECK (weekdays <> ''), -- digits, Monday is 0: 01234
    opens TEXT NOT NULL, -- local time of day, 08:00
    closes TEXT NOT NULL CHECK (closes > opens),
    updated_at TEXT NOT NULL
);

CREATE TABLE away (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    from_day TEXT NOT NULL, -- local dates, 2026-12-05
    until_day TEXT NOT NULL CHECK (until_day >= from_day), -- the last day away
    created_at TEXT NOT NULL
);
CREATE INDEX away_of ON away (person_id, until_day);

-- From a missed contact until the next that happened.
CREATE TABLE contact_threads (
    id TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id),
    mentor_id TEXT NOT NULL REFERENCES people (id),
    team_id TEXT NOT NULL REFERENCES teams (id),
    opened_at TEXT NOT NULL,
    opened_by TEXT REFERENCES reflections (id), -- NULL: by a command
    worried INTEGER CHECK (worried IN (0, 1)), -- NULL: not asked yet
    paused_until TEXT,
    lead_told_at TEXT,
    caseworker_told_at TEXT,
    closed_at TEXT,
    closed_by TEXT REFERENCES reflections (id),
    state TEXT NOT NULL DEFAULT '{}' -- JSON; where the ladder stands
);
CREATE UNIQUE INDEX one_open_thread ON contact_threads (citizen_id) WHERE closed_at IS NULL;
CREATE INDEX threads_of_citizen ON contact_threads (citizen_id, opened_at);
CREATE INDEX threads_of_mentor ON contact_threads (mentor_id) WHERE closed_at IS NULL;

-- A record one could attach to a case: a correction is a new row, and what it corrects stays.
CREATE TABLE contact_attempts (
    id TEXT PRIMARY KEY,
    thread_id TEXT NOT NULL REFERENCES contact_threads (id),
    citizen_id TEXT NOT NULL REFERENCES citizens (id),
    mentor_id TEXT NOT NULL REFERENCES people (id), -- who tried
    reflection_id TEXT REFERENCES reflections (id),
    channel TEXT NOT NULL,
    result TEXT NOT NULL,
    at TEXT NOT NULL, -- when it was tried
    logged_at TEXT NOT NULL,
    superseded_at TEXT,
    superseded_by TEXT -- the correction; NULL with superseded_at set: withdrawn
);
CREATE INDEX attempts_of_thread ON contact_attempts (thread_id, at);
CREATE INDEX attempts_of_citizen ON contact_attempts (citizen_id, at) WHERE superseded_at IS NULL;
CREATE INDEX attempts_of_reflection ON contact_attempts (reflection_id) WHERE reflection_id IS NOT NULL;

CREATE TABLE reminders (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    citizen_id TEXT REFERENCES citizens (id),
    followup_id TEXT REFERENCES followups (id),
    thread_id TEXT REFERENCES contact_threads (id),
    kind TEXT NOT NULL,
    series_key TEXT NOT NULL,
    due_at TEXT NOT NULL, -- what was agreed; never changes
    deliberate INTEGER NOT NULL DEFAULT 0 CHECK (deliberate IN (0, 1)),
    private INTEGER NOT NULL DEFAULT 0 CHECK (private IN (0, 1)), -- 1: shown to nobody but the person
    -- dropped: by the person; lapsed: what it was about changed before it was sent; replaced: by a newer one of its series
    status TEXT NOT NULL CHECK (status IN ('pending', 'claimed', 'sent', 'done', 'dropped', 'lapsed', 'replaced')),
    snoozed_until TEXT,
    send_at TEXT NOT NULL, -- when to look at it: due or snoozed until, moved into working time
    claimed_at TEXT,
    sent_at TEXT, -- the last time
    late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
    about TEXT, -- what exactly it was about when it was last sent: of a thread the step and the way
    card TEXT, -- the name of the message it was last sent with
    created_at TEXT NOT NULL,
    closed_at TEXT,
    UNIQUE (series_key, due_at) -- asked for twice, it is still one
);
CREATE INDEX reminders_due ON reminders (send_at) WHERE status = 'pending';
CREATE INDEX reminders_due_of ON reminders (person_id, send_at) WHERE status = 'pending';
CREATE INDEX reminders_claimed ON reminders (claimed_at) WHERE status = 'claimed';
CREATE INDEX reminders_unanswered ON reminders (sent_at) WHERE status = 'sent';
CREATE INDEX reminders_standing ON reminders (person_id, due_at) WHERE status IN ('pending', 'claimed', 'sent');
CREATE INDEX reminders_of_thread ON reminders (thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX reminders_of_followup ON reminders (followup_id) WHERE followup_id IS NOT NULL;
