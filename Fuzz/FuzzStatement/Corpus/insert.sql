INSERT INTO t (a, b) VALUES (100, 1), (?, 2) ON CONFLICT (a) DO UPDATE SET b = excluded.b + t.b, c = 'again' RETURNING a, b;
INSERT INTO u SELECT a, b, c FROM t WHERE a < 10; INSERT INTO docs (id, title, body) VALUES ('e', 'fifth', 'a new martlet') RETURNING *;
SEARCH docs FOR 'martlet';
