-- The week of a team: found by when meetings took place, and at a cost that does not grow with the years stored.

-- When the meeting was, as the mentor says; else when the debrief was begun. Decides which week a debrief belongs to.
ALTER TABLE reflections ADD COLUMN met_at TEXT;
UPDATE reflections SET met_at = started_at;
CREATE INDEX reflections_met ON reflections (team_id, met_at);

-- The last meeting with a citizen: from the newest backwards.
DROP INDEX reflections_about;
CREATE INDEX reflections_about ON reflections (citizen_id, met_at) WHERE citizen_id IS NOT NULL;
CREATE INDEX citizens_of_team ON citizens (team_id, archived_at);

-- What is still to be done about a citizen, and what was done since.
CREATE INDEX followups_waiting ON followups (citizen_id, kind, due_at) WHERE status = 'open';
CREATE INDEX followups_closed ON followups (citizen_id, closed_at, kind, created_at) WHERE closed_at IS NOT NULL;
