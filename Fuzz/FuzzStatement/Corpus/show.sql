SHOW MODELS; SHOW RUNS; SHOW DEPLOYMENTS; SELECT * FROM sys.tables; SELECT name FROM sys.functions LIMIT 3; PRAGMA integrity_check; SELECT * FROM sys.status; ANALYZE;
