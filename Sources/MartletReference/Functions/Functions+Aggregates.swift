// Pages: aggregates.

extension ReferencePage {
    static let aggregateFunctions: [ReferencePage] = [
        ReferencePage(
            .function, "count", "count(*) and count(x)",
            keywords: "number of rows how many",
            """
            count(*) gives the number of rows of a group, count(x) the number of rows where x is not NULL,
            count(DISTINCT x) the number of different values. For no rows it is 0.

            ```sql
            SELECT count(*), count(title), count(DISTINCT lang), count(*) FILTER (WHERE year > 2020) FROM docs;
            ```

            FILTER counts only rows that meet a condition, and works with every aggregate. Related: GROUP BY, sum.
            """),
        ReferencePage(
            .function, "sum", "sum(x) and total(x)",
            keywords: "add up values",
            """
            sum adds up the values of a group, passing over NULLs. INTEGERs give an INTEGER, and a sum that does not
            fit is E0301; REALs give a REAL. For no values it is NULL. total always gives a REAL, and 0 for no
            values.

            ```sql
            SELECT lang, sum(length(body)) FROM docs GROUP BY lang;
            SELECT total(grade) FROM judgements WHERE query = 'unknown';
            ```

            Related: avg, count.
            """),
        ReferencePage(
            .function, "avg", "avg(x)",
            keywords: "mean average",
            """
            avg gives the arithmetic mean of the values of a group as REAL, passing over NULLs, and NULL if there
            are none.

            ```sql
            SELECT lang, avg(length(body)), avg(coalesce(year, 0)) FROM docs GROUP BY lang;
            ```

            If missing values should count as zero, say so with coalesce. A few very large values pull the mean up;
            median is not moved by them. Related: median, sum, stddev.
            """),
        ReferencePage(
            .function, "min", "min(x) and max(x)",
            keywords: "smallest largest first last earliest",
            """
            min and max give the smallest and the largest value of a group, for numbers, texts and times, passing
            over NULLs; NULL if there is none.

            ```sql
            SELECT lang, min(year), max(year), max(title) FROM docs GROUP BY lang;
            ```

            Over an indexed column of a whole table they are found without reading it all. To get the whole row that
            has the largest value, use ORDER BY with LIMIT 1. Related: greatest, ORDER BY.
            """),
        ReferencePage(
            .function, "group_concat", "group_concat(x [, separator]) and string_agg",
            keywords: "join rows into one string list",
            """
            group_concat joins the values of a group as text, with a comma or the given separator between them,
            passing over NULLs. string_agg is another name.

            ```sql
            SELECT lang, group_concat(id, ', ' ORDER BY id) FROM docs GROUP BY lang;
            ```

            ORDER BY inside the call settles the order; without it, it is that in which rows are read. Related: concat,
            GROUP BY.
            """),
        ReferencePage(
            .function, "median", "median(x) and quantile(x, fraction)",
            keywords: "percentile middle value p95",
            """
            median gives the middle of the sorted values of a group; quantile the value at a fraction between 0 and
            1, so that 0.5 is the median and 0.95 the value below which 95 percent lie. Between two values they
            interpolate.

            ```sql
            SELECT median(length(body)), quantile(length(body), 0.95) FROM docs;
            ```

            Related: avg, min.
            """),
        ReferencePage(
            .function, "stddev", "stddev(x), variance(x) and their forms",
            keywords: "standard deviation spread statistics",
            """
            stddev gives the standard deviation of the values of a group, variance its square. They treat the rows
            as a sample; stddev_pop and var_pop treat them as everything there is. stddev_samp and var_samp are
            other names of the first two.

            ```sql
            SELECT avg(seconds), stddev(seconds), var_pop(seconds) FROM sys.runs;
            ```

            One value has no sample deviation: the result is NULL. Related: avg, median.
            """),
        ReferencePage(
            .function, "bool_and", "bool_and(x), every(x), bool_or(x) and bool_any(x)",
            keywords: "all any true logical aggregate",
            """
            bool_and, or every, tells whether a condition is TRUE in all rows of a group; bool_or, or bool_any,
            whether it is in at least one. NULLs are passed over; without any value the result is NULL.

            ```sql
            SELECT query, bool_or(grade >= 1) AS has_answer, every(grade <= 3) FROM judgements GROUP BY query;
            ```

            Related: count with FILTER, HAVING.
            """),
    ]
}
