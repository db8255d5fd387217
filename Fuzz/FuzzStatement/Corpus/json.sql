SELECT extra -> 'k' -> 1 ->> 'z', json_extract(extra, '$.k[0]'), json_array_length(extra), json_valid('{"a":1}') FROM docs WHERE extra IS NOT NULL;
