-- Long work, made by web/prepare.py after procrastinate's own tables, with search_path = jobs. Rows of a queue and of how far
-- work has come: nothing here must outlive the work, so another version of this file makes the schema anew.
CREATE TABLE work (
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  kind text NOT NULL,
  subject text NOT NULL,
  arguments jsonb NOT NULL,
  person text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'working', 'done', 'failed', 'stopped')),
  asked_at bigint NOT NULL,
  began_at bigint,
  ended_at bigint,
  tries integer NOT NULL DEFAULT 0,
  label text NOT NULL DEFAULT '',
  done bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  stopped_by text,
  queued boolean NOT NULL,
  result jsonb,
  trouble jsonb
);
-- One at a time of a kind and a subject.
CREATE UNIQUE INDEX work_going_on ON work (kind, subject) WHERE state IN ('waiting', 'working');
CREATE INDEX work_newest ON work (kind, subject, id DESC);
-- How the points of an open cycle stood when the process of long work last looked: what the first page shows of a big
-- programme. `place` is the order in which they need somebody; a point in no trouble has no kind.
CREATE TABLE standing (
  point text PRIMARY KEY,
  cycle text NOT NULL,
  at bigint NOT NULL,
  place integer NOT NULL,
  name text NOT NULL,
  households bigint NOT NULL,
  given bigint NOT NULL,
  kind integer,
  matter jsonb
);
CREATE INDEX standing_place ON standing (kind, place);
