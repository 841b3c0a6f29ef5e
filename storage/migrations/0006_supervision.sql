-- Supervision: what a lead has taken up, what they read, what they were told; and calls for the lead.

-- A wish is the current answer that asks for supervision: found here, however many debriefs there are.
CREATE INDEX answers_wishes ON answers (question_id, value, reflection_id, id, answered_at)
    WHERE question_id = 'supervision' AND superseded_at IS NULL AND value IN ('{"value": "next"}', '{"value": "soon"}');
CREATE INDEX shares_standing ON shares (shared_at) WHERE withdrawn_at IS NULL;

-- A lead took a wish up. Asking again, in another answer, is another wish.
CREATE TABLE supervision_taken (
    id TEXT PRIMARY KEY,
    reflection_id TEXT NOT NULL REFERENCES reflections (id),
    wish_id TEXT NOT NULL REFERENCES answers (id),
    lead_id TEXT NOT NULL REFERENCES people (id),
    day TEXT NOT NULL, -- the lead's local date on which it was talked about, 2026-11-25
    remark TEXT, -- for the mentor to read, as typed
    chip TEXT, -- or one of the ready remarks, by its key
    marked_at TEXT NOT NULL,
    undone_at TEXT -- it was marked by mistake
);
CREATE UNIQUE INDEX taken_once ON supervision_taken (wish_id) WHERE undone_at IS NULL;
CREATE INDEX taken_of ON supervision_taken (reflection_id, marked_at);
CREATE INDEX taken_wish ON supervision_taken (wish_id, marked_at, undone_at);
CREATE INDEX taken_lately ON supervision_taken (marked_at);

-- Who has read what was shared, for the mentor to see. Withdrawn and shared again, it is unread again.
CREATE TABLE supervision_reads (
    reader_id TEXT NOT NULL REFERENCES people (id),
    share_id TEXT NOT NULL REFERENCES shares (id),
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (share_id, reader_id)
);

-- A lead was told that a mentor wants supervision soon: once for each debrief.
CREATE TABLE supervision_notices (
    reflection_id TEXT NOT NULL REFERENCES reflections (id),
    lead_id TEXT NOT NULL REFERENCES people (id),
    told_at TEXT NOT NULL,
    PRIMARY KEY (reflection_id, lead_id)
);

-- A mentor asked that the lead call. Of why, only what the leads were told is kept.
CREATE TABLE lead_calls (
    id TEXT PRIMARY KEY,
    mentor_id TEXT NOT NULL REFERENCES people (id),
    team_id TEXT NOT NULL REFERENCES teams (id),
    kind TEXT NOT NULL CHECK (kind IN ('now', 'today', 'citizen')),
    citizen_id TEXT REFERENCES citizens (id), -- whom the mentor is worried about, if that is why
    asked_at TEXT NOT NULL,
    seen_by TEXT REFERENCES people (id),
    seen_at TEXT,
    unseen_told_at TEXT -- the mentor was told that nobody has seen it
);
CREATE INDEX lead_calls_waiting ON lead_calls (asked_at) WHERE seen_at IS NULL AND unseen_told_at IS NULL;
CREATE INDEX lead_calls_of ON lead_calls (mentor_id, asked_at);

-- Each lead who was asked. declined: cannot now. unreachable: Telegram delivers nothing to them.
CREATE TABLE lead_call_leads (
    call_id TEXT NOT NULL REFERENCES lead_calls (id),
    lead_id TEXT NOT NULL REFERENCES people (id),
    declined_at TEXT,
    unreachable_at TEXT,
    PRIMARY KEY (call_id, lead_id)
);
CREATE INDEX lead_call_leads_of ON lead_call_leads (lead_id);
