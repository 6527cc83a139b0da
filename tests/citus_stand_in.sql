-- A stand-in for Citus in a plain PostgreSQL: its functions by name and arguments, which check what Citus checks before
-- it moves a table, and keep a copy of the rows where Citus would send them. It spreads nothing. For tests only.
CREATE SCHEMA stand_in;

CREATE TABLE stand_in.pg_dist_partition (
    logicalrelid regclass PRIMARY KEY,
    partmethod "char" NOT NULL,
    repmodel "char" NOT NULL,
    partkey text,
    home regclass
);

CREATE FUNCTION stand_in.refuse(said text) RETURNS void LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '%', said USING ERRCODE = 'feature_not_supported'; END $$;

-- What a placed table may be to others: foreign keys stay beside each other on the distribution column, or lead to what
-- is everywhere.
CREATE FUNCTION stand_in.check_foreign_keys() RETURNS void LANGUAGE sql AS $$
    SELECT stand_in.refuse(format('%s leads from %s to %s', conname, conrelid::regclass, confrelid::regclass))
    FROM pg_constraint k
    LEFT JOIN stand_in.pg_dist_partition ours ON ours.logicalrelid = conrelid
    LEFT JOIN stand_in.pg_dist_partition theirs ON theirs.logicalrelid = confrelid
    WHERE contype = 'f' AND (ours IS NOT NULL OR theirs IS NOT NULL) AND NOT coalesce(
        theirs.partmethod = 'n' AND ours IS NOT NULL
        OR ours.home = theirs.home AND EXISTS (
            SELECT FROM unnest(conkey, confkey) AS pair (of_ours, of_theirs)
            JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = of_ours AND a.attname = ours.partkey
            JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = of_theirs AND b.attname = theirs.partkey
        ), false)
$$;

CREATE FUNCTION stand_in.place(moved regclass, method "char", kept_as "char", by text, beside regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM stand_in.pg_dist_partition WHERE logicalrelid = moved) THEN
        PERFORM stand_in.refuse(format('table %s is already distributed', moved));
    END IF;
    IF coalesce(current_setting('citus.enable_unsafe_triggers', true), 'off') <> 'on'
       AND EXISTS (SELECT FROM pg_trigger WHERE tgrelid = moved AND NOT tgisinternal) THEN
        PERFORM stand_in.refuse(format('cannot distribute relation %s because it has triggers', moved));
    END IF;
    INSERT INTO stand_in.pg_dist_partition VALUES (moved, method, kept_as, by, coalesce(beside, moved));
    PERFORM stand_in.check_foreign_keys();
    EXECUTE format('CREATE TABLE stand_in.%I AS TABLE %s', 'shard_of_' || moved, moved);
END $$;

CREATE FUNCTION stand_in.create_reference_table(table_name regclass) RETURNS void LANGUAGE sql AS
$$ SELECT stand_in.place(table_name, 'n', 't', NULL, NULL) $$;

CREATE FUNCTION stand_in.create_distributed_table(
    table_name regclass, distribution_column text, colocate_with text DEFAULT 'default'
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    head stand_in.pg_dist_partition;
BEGIN
    PERFORM stand_in.refuse(format('cannot create constraint on %s: %s', table_name, indexrelid::regclass))
    FROM pg_index WHERE indrelid = table_name AND indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute
        WHERE attrelid = table_name AND attnum = ANY (indkey) AND attname = distribution_column
    );
    IF colocate_with <> 'none' THEN
        SELECT * INTO STRICT head FROM stand_in.pg_dist_partition
        WHERE logicalrelid = colocate_with::regclass AND partmethod = 'h';
        IF (SELECT atttypid FROM pg_attribute WHERE attrelid = table_name AND attname = distribution_column) <>
           (SELECT atttypid FROM pg_attribute WHERE attrelid = head.logicalrelid AND attname = head.partkey) THEN
            PERFORM stand_in.refuse(format('%s and %s lie by columns of two types', table_name, colocate_with));
        END IF;
    END IF;
    PERFORM stand_in.place(table_name, 'h', 's', distribution_column, head.home);
END $$;

-- TRUNCATE itself refuses what a foreign key leads to, and fires the triggers of what is append-only.
CREATE FUNCTION stand_in.truncate_local_data_after_distributing_table(function_name regclass) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM stand_in.pg_dist_partition WHERE logicalrelid = function_name;
    IF NOT FOUND THEN
        PERFORM stand_in.refuse('supplied parameter is not a distributed relation');
    END IF;
    EXECUTE format('TRUNCATE %s', function_name);
END $$;

CREATE FUNCTION stand_in.look_at_foreign_keys() RETURNS event_trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM stand_in.check_foreign_keys(); END $$;

CREATE EVENT TRIGGER stand_in_looks ON ddl_command_end WHEN TAG IN ('ALTER TABLE')
    EXECUTE FUNCTION stand_in.look_at_foreign_keys();

DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, stand_in', current_database()); END $$;
