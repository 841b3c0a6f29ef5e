-- How a contact thread ended, and what its mentor does next time.

-- contact: the citizen was reached or met. archived: ended without. mistake: what opened it was said otherwise later.
ALTER TABLE contact_threads ADD COLUMN ended TEXT CHECK (ended IN ('contact', 'archived', 'mistake')); -- NULL: open
CREATE INDEX threads_opened_by ON contact_threads (opened_by) WHERE opened_by IS NOT NULL;
CREATE INDEX threads_closed_by ON contact_threads (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX reflections_about ON reflections (citizen_id) WHERE citizen_id IS NOT NULL;

-- "What do we do next time?": for whoever wrote it, and nobody else. The newest of a citizen and mentor counts.
CREATE TABLE next_time_notes (
    id TEXT PRIMARY KEY,
    citizen_id TEXT NOT NULL REFERENCES citizens (id),
    thread_id TEXT NOT NULL REFERENCES contact_threads (id),
    mentor_id TEXT NOT NULL REFERENCES people (id),
    text TEXT NOT NULL,
    written_at TEXT NOT NULL
);
CREATE INDEX next_time_of ON next_time_notes (citizen_id, mentor_id, id);
