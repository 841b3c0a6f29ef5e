-- What people coded. The codes that an export puts on answers by itself are not here. Rows are added, never overwritten.

CREATE TABLE coding_imports (
    id TEXT PRIMARY KEY,
    file_hash TEXT NOT NULL, -- SHA-256 of the file that was brought in
    kind TEXT NOT NULL CHECK (kind IN ('qdpx', 'csv')),
    imported_at TEXT NOT NULL
);

CREATE TABLE codings (
    id TEXT PRIMARY KEY,
    import_id TEXT NOT NULL REFERENCES coding_imports (id),
    reflection_id TEXT NOT NULL,
    question_id TEXT NOT NULL,
    revision INTEGER NOT NULL, -- of the answer whose words were coded
    -- Code points within what the mentor typed, the end not included; both NULL: the whole answer. Not within the whole
    -- text: its headings and labels differ by language, and by how finely dates are told.
    starts INTEGER,
    ends INTEGER,
    code TEXT NOT NULL, -- id in the codebook
    coder TEXT NOT NULL,
    coded_at TEXT NOT NULL,
    condensation TEXT, -- the meaning in one sentence
    theme TEXT,
    superseded_at TEXT,
    superseded_by TEXT, -- NULL with superseded_at set: the coder took it away
    FOREIGN KEY (reflection_id, question_id, revision) REFERENCES answers (reflection_id, question_id, revision),
    CHECK ((starts IS NULL) = (ends IS NULL)),
    CHECK (starts >= 0 AND ends > starts) -- NULL passes
);
CREATE INDEX codings_of ON codings (reflection_id) WHERE superseded_at IS NULL;
CREATE INDEX codings_from ON codings (import_id);
-- NULLs differ from each other in a unique index, so the whole answer counts as -1 here.
CREATE UNIQUE INDEX one_current_coding ON codings (
    reflection_id, question_id, revision, COALESCE(starts, -1), COALESCE(ends, -1), code, coder
) WHERE superseded_at IS NULL;
