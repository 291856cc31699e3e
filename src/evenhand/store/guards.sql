-- What the database itself enforces, whoever asks. Run by the owner after every migration; safe to run again.
--   1. The app's role may read and insert, nothing else, and owns nothing.
--   2. Every table is append-only, for the owner too: a correction is a new row.
--   3. Two persons: whoever signed one approval of a cycle cannot sign the other.
--   4. The log has no gap: an entry stands right after the newest one.
-- A superuser can drop all of this. That is why the approvals are signatures which an outsider checks.

-- 1. Privileges -----------------------------------------------------------------------------------------------------

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, evenhand_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, evenhand_app;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, evenhand_app;
GRANT USAGE ON SCHEMA public TO evenhand_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO evenhand_app;
REVOKE ALL ON TABLE django_migrations FROM evenhand_app;

-- 2. Append only ----------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = 'A correction is a new row with its reason.';
END $$;

DO $$
DECLARE
    found text;
BEGIN
    FOR found IN
        SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations'
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', found);
    END LOOP;
END $$;

-- 3. Two persons ----------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION two_persons() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- Taken so that two sessions cannot each sign one role at the same moment without seeing the other's row.
    PERFORM pg_advisory_xact_lock(hashtextextended('approval/' || NEW.programme || '/' || NEW.cycle, 0));
    IF EXISTS (
        SELECT FROM public.approval
        WHERE programme = NEW.programme AND cycle = NEW.cycle AND role <> NEW.role
          AND lower(btrim(person)) = lower(btrim(NEW.person))
    ) THEN
        RAISE EXCEPTION '% has already signed this cycle: the other approval must be of another person', NEW.person
            USING ERRCODE = 'insufficient_privilege', HINT = 'Let a second certified person approve.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER two_persons BEFORE INSERT ON approval
FOR EACH ROW EXECUTE FUNCTION two_persons();

-- 4. A log without gaps ---------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION log_without_gap() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    wanted bigint;
BEGIN
    SELECT coalesce(max(index), -1) + 1 INTO wanted FROM public.log_entry;
    IF NEW.index IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION 'the next log entry has index %, not %', wanted, NEW.index
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER log_without_gap BEFORE INSERT ON log_entry
FOR EACH ROW EXECUTE FUNCTION log_without_gap();
