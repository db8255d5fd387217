SELECT a, (SELECT max(x) FROM u WHERE u.x <= t.a) FROM t WHERE a IN (SELECT x FROM u) OR EXISTS (SELECT 1 FROM docs WHERE docs.year = t.b);
