SELECT count(DISTINCT x), group_concat(z, '-'), min(y), max(z), median(y), stddev(y), variance(x), quantile(y, 0.5), sum(x) FILTER (WHERE y > 0) FROM u;
