-- A lead noted that they have spoken with the mentor about something unsafe that the mentor let them know of.
CREATE TABLE safety_spoken (
    id TEXT PRIMARY KEY,
    reflection_id TEXT NOT NULL REFERENCES reflections (id),
    lead_id TEXT NOT NULL REFERENCES people (id),
    marked_at TEXT NOT NULL,
    undone_at TEXT -- it was noted by mistake
);
CREATE UNIQUE INDEX spoken_once ON safety_spoken (reflection_id) WHERE undone_at IS NULL;
