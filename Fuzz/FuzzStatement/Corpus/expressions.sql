SELECT a + b * 2 - a / 3 % 4, -a, ~a, a & b | 1 << 2, c || 'x', a BETWEEN 1 AND 2, c IN ('one', NULL), CASE WHEN a > 1 THEN b END FROM t;
SELECT CAST('12' AS INTEGER), 1.5::TEXT, '2024-02-29'::TIMESTAMP, '[1,2,3]'::VECTOR(3, i8), x'00ff'::TEXT, NULL::JSON;
