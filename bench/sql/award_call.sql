-- The same approval as one call.
\set turn :turn + 1
\set n (:first + :client_id + :clients * (:turn - 1)) % :people + 1
\set v :client_id + 1
SELECT bench.award(:v, :n);
