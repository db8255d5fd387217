SELECT body LIKE '%map_%', body ILIKE 'A%', body GLOB '*[a-z]?', body REGEXP '^(a|b)+.*[^x]{1,3}$', regexp_replace(body, '[aeiou]+', '_') FROM docs;
