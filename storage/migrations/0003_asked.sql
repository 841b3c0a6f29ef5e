-- What a person's next typed message answers, outside a debrief: a time, a text. One question at a time.
CREATE TABLE asked (
    person_id TEXT PRIMARY KEY REFERENCES people (id),
    page TEXT NOT NULL, -- who asked, as in buttons: remind, todo, hours …
    what TEXT NOT NULL, -- what was asked, for the page that asked it
    at TEXT NOT NULL
);

-- The lines of one message with reminders.
CREATE INDEX reminders_of_card ON reminders (card) WHERE card IS NOT NULL;
