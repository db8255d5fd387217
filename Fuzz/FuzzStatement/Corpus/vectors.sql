SELECT cosine_similarity(emb, [1, 2, 3]), dot(emb, emb), l2_distance(emb, vector(0, 0, 1)) FROM docs WHERE emb IS NOT NULL;
