UPDATE t SET b = b + 1, c = coalesce(c, 'none') WHERE a < 100 RETURNING *; UPDATE docs SET body = 'the vpn is up', title = title || '!' WHERE id IN ('a', 'c');
UPDATE t SET a = a + 1 WHERE a < 3; DELETE FROM docs WHERE id = 'b' RETURNING body; DELETE FROM u;
