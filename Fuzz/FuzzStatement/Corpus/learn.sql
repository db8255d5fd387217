TRAIN finder USING retriever ON docs (title, body) SHARDS 3 WITH (k1 = 1.5, seed = 7); DEPLOY finder@1 AS help REPLICAS 1 TO 2; ROLLBACK DEPLOYMENT help;
EVALUATE finder FROM (SELECT 'vpn' AS query, 'a' AS document, 1 AS grade) WITH (metrics = 'ndcg@10, p@1, map'); UNDEPLOY help; DROP MODEL finder@2;
