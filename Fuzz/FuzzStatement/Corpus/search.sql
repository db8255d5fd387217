SEARCH docs FOR 'map full' RETURN id, score, snippet(body), why() LIMIT 5; SEARCH help FOR 'vpn martlet' WHERE year >= 2021 AND lang = 'en' RETURN id, score;
SEARCH docs FOR title MATCH 'swift' WEIGHT 2, body MATCH :q LIMIT ?;
SELECT s.id, s.score, d.year FROM (SEARCH help FOR 'vpn') AS s JOIN docs d ON d.id = s.id;
