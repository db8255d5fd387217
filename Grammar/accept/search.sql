SEARCH helpdesk FOR 'how do I reset my password' WHERE lang = 'en' LIMIT 5;
SEARCH docs FOR title, body QUERY '+lmdb "map full"~2 -windows crsh~1' WEIGHT 2, emb NEAR 'disk quota error'
   WHERE year >= 2023 FUSE BY rrf RERANK BY helpdesk TOP 50 RETURN id, score, snippet(body), why() LIMIT 10;
SEARCH docs FOR ?;
SEARCH docs FOR :q LIMIT ? AFTER :cursor;
SEARCH docs FOR title MATCH 'swift';
SEARCH docs FOR title, body MATCH lower('SWIFT') WEIGHT 0.5;
SEARCH docs FOR emb NEAR [0.1, 0.2, 0.3] WITHIN 0.5 WEIGHT 2;
SEARCH docs FOR emb NEAR ROW 'kb-17';
SEARCH docs FOR emb NEAR ROW 17 WITHIN 0.3, 'text', title MATCH 'x';
SEARCH docs FOR 'a', 'b' WEIGHT 2, body QUERY 'c' FUSE BY linear WITH (normalize = 'minmax') RETURN *;
SEARCH finder@2 FOR 'x' RERANK BY ranker@prod RETURN id AS key, score LIMIT 3 WITH (ef = 200);
SEARCH query FOR query QUERY 'query', match MATCH 'match', near NEAR 'near';
SELECT q.id, (SELECT count(*) FROM (SEARCH docs FOR q.text LIMIT 3) AS s) FROM questions q;
UPVOTE helpdesk FOR 'wifi is slow' DOCUMENT 'kb-17';
DOWNVOTE helpdesk FOR ? DOCUMENT 17;
LOG CLICK helpdesk FOR 'wifi is slow' DOCUMENT 'kb-17' RANK 3;
ASSOCIATE helpdesk 'vpn' WITH 'remote access';
