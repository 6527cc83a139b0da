-- The same purchase as one call.
\set turn :turn + 1
\set n (:first + :client_id + :clients * (:turn - 1)) % :people + 1
\set b 1 + :n % 16
SELECT bench.buy(:n, 'bench-' || :b, :price);
