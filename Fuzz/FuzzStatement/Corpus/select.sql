SELECT * FROM docs WHERE year >= 2021 ORDER BY year DESC NULLS LAST LIMIT 2 OFFSET 1;
SELECT lang, count(*) AS n, sum(price), avg(year) FROM docs GROUP BY lang HAVING count(*) > 1 ORDER BY n;
SELECT DISTINCT x, y FROM u ORDER BY 1, 2 DESC;
