-- Monday's summary for team leads, and what is drawn of a week: pictures and reports on their way.

ALTER TABLE outbox ADD COLUMN file TEXT; -- base64 of a picture or document; emptied when sent or given up

-- Which weeks a lead was told of by itself: each once.
CREATE TABLE weekly_sent (
    person_id TEXT NOT NULL REFERENCES people (id),
    week TEXT NOT NULL, -- the week it tells of: 2026-W47
    sent_at TEXT NOT NULL,
    late INTEGER NOT NULL CHECK (late IN (0, 1)),
    PRIMARY KEY (person_id, week)
);

-- Whether a lead wants to be told by itself, and since when they say so. Without a row: yes.
CREATE TABLE weekly_wanted (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    wanted INTEGER NOT NULL CHECK (wanted IN (0, 1)),
    since TEXT NOT NULL
);

-- Pictures and reports to be made. A row goes away in the transaction that queues what was made of it.
CREATE TABLE week_files (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    week TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('picture', 'report')),
    asked_at TEXT NOT NULL,
    not_before TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    UNIQUE (person_id, week, kind) -- asked for twice, it is still one
);

-- A mentor's own week.
CREATE INDEX reflections_met_by ON reflections (mentor_id, met_at);
