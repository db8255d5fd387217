SELECT added + INTERVAL '1 month', date_trunc('week', added), extract(year FROM added), strftime('%Y-%j', added), added - TIMESTAMP '2000-01-01', CURRENT_TIMESTAMP > added FROM docs;
