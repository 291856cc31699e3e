-- What the database itself enforces, whoever asks. Run by the owner after every migration; safe to run again.
--   1. The app's role may read and insert, nothing else, and owns nothing.
--   2. Every table is append-only, for the owner too: a correction is a new row.
--   3. Two persons: whoever signed one approval of a cycle cannot sign the other; whoever proposed a policy cannot adopt it.
--   4. The log has no gap: an entry stands right after the newest one.
--   5. A desk (a page that one person looks at) reads the personal rows of that person's areas alone.
-- A superuser can drop all of this. That is why the approvals are signatures which an outsider checks.

-- 1. Privileges -----------------------------------------------------------------------------------------------------

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, evenhand_app, evenhand_desk;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, evenhand_app, evenhand_desk;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, evenhand_app, evenhand_desk;
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

-- A policy's text is adopted by another person than the one who proposed it, and is the text that was proposed.
CREATE OR REPLACE FUNCTION policy_two_persons() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.policy_proposal p JOIN public.policy_answer a ON a.proposal = p.id
        WHERE a.step = 'adopted' AND p.sha256 = NEW.sha256 AND p.text = NEW.text
          AND a.person = NEW.adopted_by AND lower(btrim(a.person)) <> lower(btrim(p.person))
    ) OR sha256(convert_to(NEW.text, 'UTF8')) <> NEW.sha256 THEN
        RAISE EXCEPTION 'this policy was not proposed by one person and adopted by another'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Propose it, and let a second certified person adopt it.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER policy_two_persons BEFORE INSERT ON policy_text
FOR EACH ROW EXECUTE FUNCTION policy_two_persons();

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

-- 5. Rows of one's own areas ----------------------------------------------------------------------------------------

-- The app becomes evenhand_desk for a page (Store.desk). evenhand.desk says for whom: {"everywhere": true} or
-- {"areas": ["KP0101"]}; where it says nothing, nothing is seen. The app itself does the programme's work: it sees all rows.
CREATE OR REPLACE VIEW desk_point AS
WITH RECURSIVE below AS (
    SELECT pcode FROM public.area WHERE pcode IN (
        SELECT jsonb_array_elements_text(nullif(current_setting('evenhand.desk', true), '')::jsonb -> 'areas'))
    UNION
    SELECT a.pcode FROM public.area a JOIN below b ON a.parent = b.pcode
)
SELECT node AS point FROM public.node WHERE kind = 'point' AND area IN (SELECT pcode FROM below);

GRANT USAGE ON SCHEMA public TO evenhand_desk;
GRANT SELECT ON desk_point, household, member, proxy, roll_row, area, node, programme TO evenhand_desk;
GRANT SELECT ON household_change, household_removal TO evenhand_desk;

-- The point a household has now. Runs as the owner, so that a desk is measured by moves which it may not read.
CREATE OR REPLACE FUNCTION home_of(asked text, first text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce((SELECT c.new FROM public.household_change c
                     WHERE c.household = asked AND c.member = '' AND c.field = 'point' ORDER BY c.id DESC LIMIT 1), first)
$$;
REVOKE ALL ON FUNCTION home_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION home_of TO evenhand_app, evenhand_desk;

DO $$
DECLARE
    everywhere text := $q$coalesce(nullif(current_setting('evenhand.desk', true), '')::jsonb -> 'everywhere' = 'true', false)$q$;
    found record;
BEGIN
    FOR found IN SELECT * FROM (VALUES
        ('household', 'public.home_of(household, point) IN (SELECT point FROM public.desk_point)'),
        ('household_change', 'EXISTS (SELECT FROM public.household h WHERE h.household = household_change.household)'),
        ('household_removal', 'EXISTS (SELECT FROM public.household h WHERE h.household = household_removal.household)'),
        ('roll_row', 'point IN (SELECT point FROM public.desk_point)'),
        ('member', 'EXISTS (SELECT FROM public.household h WHERE h.household = member.household)'),
        ('proxy', 'EXISTS (SELECT FROM public.household h WHERE h.household = proxy.household)')
    ) AS of (named, mine)
    LOOP
        EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', found.named);
        EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', found.named);
        EXECUTE format('DROP POLICY IF EXISTS work ON public.%I', found.named);
        EXECUTE format('DROP POLICY IF EXISTS desk ON public.%I', found.named);
        EXECUTE format('CREATE POLICY work ON public.%I TO evenhand_app, CURRENT_USER USING (true) WITH CHECK (true)', found.named);
        EXECUTE format('CREATE POLICY desk ON public.%I FOR SELECT TO evenhand_desk USING (%s OR %s)',
                       found.named, everywhere, found.mine);
    END LOOP;
END $$;

-- 6. Stock is written off by two persons ----------------------------------------------------------------------------

-- An answer repeats what was proposed, and is another person's unless it only takes the proposal back.
CREATE OR REPLACE FUNCTION write_off_two_persons() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.step <> 'proposed' AND NOT EXISTS (
        SELECT FROM public.write_off p
        WHERE p.id = NEW.proposal AND p.step = 'proposed' AND lower(btrim(p.person)) <> lower(btrim(NEW.second))
          AND (p.programme, p.node, p.benefit, p.lot, p.quantity, p.reason, p.person)
            = (NEW.programme, NEW.node, NEW.benefit, NEW.lot, NEW.quantity, NEW.reason, NEW.person)
    ) THEN
        RAISE EXCEPTION 'this write-off was not proposed so by another person'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Propose it, and let a second person confirm it.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER two_persons BEFORE INSERT ON write_off
FOR EACH ROW EXECUTE FUNCTION write_off_two_persons();

-- Goods leave by a write-off only as far as one was confirmed: its id stands in the movement's ref.
CREATE OR REPLACE FUNCTION write_off_confirmed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.write_off w
        WHERE w.step = 'confirmed' AND w.proposal::text = split_part(NEW.ref, '/', 2)
          AND (w.programme, 'node:' || w.node, w.benefit, w.lot) = (NEW.programme, NEW.source, NEW.benefit, NEW.lot)
          AND w.quantity >= NEW.quantity + (SELECT coalesce(sum(m.quantity), 0) FROM public.movement m
                                            WHERE m.ref LIKE 'write-off/' || w.proposal || '/%')
    ) THEN
        RAISE EXCEPTION 'no confirmed write-off of these goods' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER write_off_confirmed BEFORE INSERT ON movement
FOR EACH ROW WHEN (NEW.kind = 'write-off' OR NEW.ref LIKE 'write-off/%') EXECUTE FUNCTION write_off_confirmed();

-- 7. Supplementary lists and held rows are signed by two persons ------------------------------------------------------

CREATE OR REPLACE FUNCTION countersign_two_persons() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('countersign/' || NEW.programme || '/' || NEW.subject, 0));
    IF EXISTS (
        SELECT FROM public.countersign
        WHERE programme = NEW.programme AND cycle = NEW.cycle AND subject = NEW.subject
          AND (digest <> NEW.digest OR lower(btrim(person)) = lower(btrim(NEW.person)))
    ) THEN
        RAISE EXCEPTION '% needs the signature of a second person under the same digest', NEW.subject
            USING ERRCODE = 'insufficient_privilege', HINT = 'Let another certified person confirm it.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER two_persons BEFORE INSERT ON countersign
FOR EACH ROW EXECUTE FUNCTION countersign_two_persons();

-- After the commitment a row joins a roll only on a list that both signed.
CREATE OR REPLACE FUNCTION supplement_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM public.countersign
        WHERE programme = NEW.programme AND cycle = NEW.cycle AND subject = NEW.cycle || '-' || NEW.supplement) < 2 THEN
        RAISE EXCEPTION 'the list % is not signed by two persons', NEW.supplement USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER supplement_signed BEFORE INSERT ON roll_row
FOR EACH ROW WHEN (NEW.supplement <> '') EXECUTE FUNCTION supplement_signed();

-- 8. The registry as it stands: first entries with their corrections; names found by their words ----------------------

CREATE OR REPLACE VIEW household_now WITH (security_invoker = true) AS
SELECT h.household, h.serial,
    CASE WHEN c.fields ? 'point' THEN c.fields ->> 'point' ELSE h.point END AS point,
    CASE WHEN c.fields ? 'name' THEN c.fields ->> 'name' ELSE h.name END AS name,
    CASE WHEN c.fields IS NULL THEN h.inputs ELSE jsonb_strip_nulls(h.inputs || (c.fields - 'point' - 'name')) END AS inputs
FROM household h LEFT JOIN (
    SELECT household, jsonb_object_agg(field, new) AS fields FROM (
        SELECT DISTINCT ON (household, field) household, field, new FROM household_change
        WHERE member = '' ORDER BY household, field, id DESC
    ) newest GROUP BY household
) c ON c.household = h.household;

-- Who belongs to a household now: one that left it is corrected to `listed` = no.
CREATE OR REPLACE VIEW member_now WITH (security_invoker = true) AS
SELECT m.household, m.member,
    CASE WHEN c.fields ? 'birth_date' THEN (c.fields ->> 'birth_date')::date ELSE m.birth_date END AS birth_date,
    CASE WHEN c.fields ? 'sex' THEN c.fields ->> 'sex' ELSE m.sex END AS sex,
    CASE WHEN c.fields ? 'occupation' THEN c.fields ->> 'occupation' ELSE m.occupation END AS occupation,
    CASE WHEN c.fields ? 'name' THEN c.fields ->> 'name' ELSE m.name END AS name,
    CASE WHEN c.fields IS NULL THEN m.inputs ELSE
        jsonb_strip_nulls(m.inputs || (c.fields - 'birth_date' - 'sex' - 'occupation' - 'name' - 'listed')) END AS inputs
FROM member m LEFT JOIN (
    SELECT household, member, jsonb_object_agg(field, new) AS fields FROM (
        SELECT DISTINCT ON (household, member, field) household, member, field, new FROM household_change
        WHERE member <> '' ORDER BY household, member, field, id DESC
    ) newest GROUP BY household, member
) c ON c.household = m.household AND c.member = m.member
WHERE c.fields ->> 'listed' IS DISTINCT FROM 'no';

GRANT SELECT ON household_now, member_now TO evenhand_app, evenhand_desk;

-- A household leaves the lists by two persons, not before it had time to object.
CREATE OR REPLACE FUNCTION removal_two_persons() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('removal/' || NEW.household, 0));
    IF NOT EXISTS (
        SELECT FROM public.household_removal a
        WHERE a.id = NEW.announcement AND a.step = 'announced' AND a.household = NEW.household
          AND (NEW.step <> 'confirmed' OR lower(btrim(a.person)) <> lower(btrim(NEW.person)) AND NEW.at >= a.at + 28 * 86400)
          AND (NEW.step = 'restored') = EXISTS (SELECT FROM public.household_removal b
                                               WHERE b.announcement = a.id AND b.step = 'confirmed')
          AND NOT EXISTS (SELECT FROM public.household_removal b WHERE b.announcement = a.id AND b.step = 'withdrawn')
    ) THEN
        RAISE EXCEPTION 'a removal is announced by one person and confirmed by another when its 28 days are over'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Announce it with a reason; let a second person confirm it.';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER two_persons BEFORE INSERT ON household_removal
FOR EACH ROW WHEN (NEW.step <> 'announced') EXECUTE FUNCTION removal_two_persons();

-- The words of a name, of any script: small letters, without the marks that people leave out when they write or search. One
-- `translate`: letters that are written one for the other; what divides words, to blanks; and the marks, to nothing (the
-- combining ones of Latin, the vowel signs and the lengthening of Arabic, the dot of Devanagari, joiners).
CREATE OR REPLACE FUNCTION name_list(name text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.array_remove(pg_catalog.string_to_array(pg_catalog.translate(
        pg_catalog.lower(pg_catalog.normalize(name, 'NFKD')),
        U&'\0671\0649\0629\06a9\06cc'
        || U&'\0009\000a\0022\0023\0026\0027\0028\0029\002a\002b\002c\002d\002e\002f\003a\003b\0021\003f\005b\005c\005d\005f\0060\007b\007c\007d\00ab\00bb\060c\061b\0964\3001\30fb\00b7\2010\2011\2012\2013\2014\2015\2016\2017\2018\2019\201a\201b\201c\201d\201e\201f'
        || U&'\0300\0301\0302\0303\0304\0305\0306\0307\0308\0309\030a\030b\030c\030d\030e\030f\0310\0311\0312\0313\0314\0315\0316\0317\0318\0319\031a\031b\031c\031d\031e\031f\0320\0321\0322\0323\0324\0325\0326\0327\0328\0329\032a\032b\032c\032d\032e\032f\0330\0331\0332\0333\0334\0335\0336\0337\0338\0339\033a\033b\033c\033d\033e\033f\0340\0341\0342\0343\0344\0345\0346\0347\0348\0349\034a\034b\034c\034d\034e\034f\0350\0351\0352\0353\0354\0355\0356\0357\0358\0359\035a\035b\035c\035d\035e\035f\0360\0361\0362\0363\0364\0365\0366\0367\0368\0369\036a\036b\036c\036d\036e\036f\0640\064b\064c\064d\064e\064f\0650\0651\0652\0653\0654\0655\0656\0657\0658\0659\065a\065b\065c\065d\065e\065f\0670\093c\200c\200d',
        U&'\0627\064a\0647\0643\064a' || '                                                  '), ' '), '')
$$;
CREATE OR REPLACE FUNCTION name_words(name text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.array_to_tsvector(public.name_list(name))
$$;
-- Every word of `asked` begins a word of the name. NULL where it has none.
CREATE OR REPLACE FUNCTION name_query(asked text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.string_agg(pg_catalog.quote_literal(word) || ':*', ' & ')::tsquery
    FROM pg_catalog.unnest(public.name_list(asked)) word
$$;
REVOKE ALL ON FUNCTION name_list, name_words, name_query FROM PUBLIC;
GRANT EXECUTE ON FUNCTION name_list, name_words, name_query TO evenhand_app, evenhand_desk;

CREATE INDEX IF NOT EXISTS household_words ON household USING gin (name_words(name)) WHERE name IS NOT NULL;
CREATE INDEX IF NOT EXISTS member_words ON member USING gin (name_words(name)) WHERE name IS NOT NULL;
CREATE INDEX IF NOT EXISTS household_change_point ON household_change (new) WHERE field = 'point';
CREATE INDEX IF NOT EXISTS household_change_words ON household_change USING gin (name_words(new)) WHERE field = 'name';
