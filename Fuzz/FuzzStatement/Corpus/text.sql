CREATE INDEX code ON docs USING text (title) WITH (identifiers = true, language = none);
CREATE INDEX grams ON docs USING text (body) WITH (ngram = (2, 3));
CREATE INDEX passages ON docs USING text (title, body) WITH (chunk = 2, overlap = 1, stopwords = (the, of));
SEARCH docs FOR title MATCH 'fooBar/src_x é 東京' RETURN snippet(title);
SEARCH docs FOR 'swift' RETURN id, snippet(body), why();
SELECT d.id, c.chunk, c.text FROM docs d, chunk(d.body, 2, 1) AS c;
