SELECT t.a, u.z FROM t JOIN u ON t.a = u.x LEFT JOIN docs d ON d.year = t.b WHERE t.b IS NOT NULL;
SELECT * FROM t CROSS JOIN u, docs WHERE x = a AND c LIKE 'o%';
