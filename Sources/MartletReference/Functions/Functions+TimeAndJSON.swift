// Pages: functions on TIMESTAMP and JSON.

extension ReferencePage {
    static let timeAndJSONFunctions: [ReferencePage] = [
        ReferencePage(
            .function, "now", "now() and current_timestamp",
            keywords: "current date time today",
            """
            now gives the time at which the statement began, as TIMESTAMP; it is the same in all rows of one
            statement. current_timestamp, written without parentheses, is the same.

            ```sql
            SELECT now(), date_trunc('day', now()) AS today;
            CREATE TABLE log (id INTEGER PRIMARY KEY, at TIMESTAMP DEFAULT current_timestamp, message TEXT);
            ```

            Times are UTC. Related: TIMESTAMP, date_add.
            """),
        ReferencePage(
            .function, "date_trunc", "date_trunc(unit, time)",
            keywords: "start of month week day group by month",
            """
            date_trunc gives the beginning of the unit in which a time lies: microsecond, millisecond, second,
            minute, hour, day, week (Monday), month, quarter, year, decade or century.

            ```sql
            SELECT date_trunc('month', added) AS month, count(*) FROM docs GROUP BY 1 ORDER BY 1;
            ```

            It is the usual way to count by day or month. Related: extract, strftime.
            """),
        ReferencePage(
            .function, "extract", "extract(field FROM time) and date_part(field, time)",
            keywords: "year month day hour weekday of a date",
            """
            extract takes one field out of a time, as a number: year, month, day, hour, minute, second, dow (0 is
            Sunday), isodow (1 is Monday), doy, week, quarter, epoch and others. It is an INTEGER, but REAL for second,
            millisecond and epoch, and for a field that is not a constant. date_part is the same as an ordinary
            function.

            ```sql
            SELECT extract(year FROM added), date_part('dow', added) FROM docs;
            SELECT count(*) FROM docs WHERE extract(month FROM added) = 12;
            ```

            Related: date_trunc, strftime.
            """),
        ReferencePage(
            .function, "date", "date(), time(), datetime(), julianday() and unixepoch()",
            keywords: "today day of a timestamp sqlite start of month weekday modifier",
            """
            These take a time and modifiers, as in SQLite: date gives the day as TEXT, time the time of day, datetime
            both, julianday the days since 4714 BC as REAL, unixepoch the seconds since 1970 as INTEGER. The time is a
            TIMESTAMP, a TEXT, 'now', or a number: a Julian day, or seconds before the modifier 'unixepoch'. Without any
            argument it is the time at which the statement began.

            ```sql
            SELECT date('now', 'start of month', '+1 month', '-1 day') AS month_end;
            SELECT datetime(1700000000, 'unixepoch'), julianday('2026-03-01') - julianday('2026-01-01');
            ```

            Modifiers are applied in their order: '+3 days', '-1 month', 'start of day', 'start of month', 'start of
            year', 'weekday 0' (the next Sunday, or the same day). Here a month that lacks the day runs over into the next
            one; date_add cuts the day. Times are UTC. Related: strftime, date_add, now.
            """),
        ReferencePage(
            .function, "strftime", "strftime(pattern, time, modifier …)",
            keywords: "format date output display",
            """
            strftime writes a time by a pattern: %Y year, %m month, %d day, %H hour, %M minute, %S second, %f
            seconds with fraction, %j day of the year, %V week, %a and %b names, %F the date, %T the time, %s
            seconds since 1970, %% a percent sign.

            ```sql
            SELECT strftime('%d.%m.%Y %H:%M', TIMESTAMP '2026-03-01 12:30:00');
            ```

            The time may also be a TEXT or 'now', and modifiers as of date() may follow. Related: extract, date, CAST to
            TEXT, which writes ISO 8601.
            """),
        ReferencePage(
            .function, "date_add", "date_add(time, interval) and date_sub",
            keywords: "add days subtract months hours ago",
            """
            date_add gives the time so much later, date_sub so much earlier. The interval is a text of numbers and
            units, such as '2 days' or '1 month 3 hours'. If a month has no such day, the last day of the month is
            taken.

            ```sql
            SELECT date_add(TIMESTAMP '2026-01-31', '1 month'), date_sub(now(), '7 days');
            SELECT id FROM docs WHERE added >= date_sub(now(), '24 hours');
            ```

            `time + INTERVAL '1 day'` and `time - INTERVAL '1 day'` are the same, and one time less another gives the
            seconds between them. Related: date_diff, now.
            """),
        ReferencePage(
            .function, "date_diff", "date_diff(unit, from, to)",
            keywords: "difference between dates days between age",
            """
            date_diff counts how many boundaries of a unit lie between two times: for day, how many midnights; for
            year, how many New Years. It is negative if the second time is the earlier one.

            ```sql
            SELECT date_diff('day', TIMESTAMP '2026-02-27', TIMESTAMP '2026-03-01');
            SELECT id, date_diff('month', added, now()) AS months_old FROM docs;
            ```

            For exact lengths subtract epoch() values. Related: date_add, epoch.
            """),
        ReferencePage(
            .function, "epoch", "epoch(time), epoch_us(time) and to_timestamp(seconds)",
            keywords: "unix time seconds since 1970",
            """
            epoch gives the seconds since 1970-01-01 UTC as REAL, epoch_us the microseconds as INTEGER, and
            to_timestamp makes a time of a number of seconds.

            ```sql
            SELECT epoch(now()), to_timestamp(1767225600), epoch_us(TIMESTAMP '2026-01-01');
            ```

            Values in milliseconds must be divided by 1000.0 first. Related: TIMESTAMP, extract.
            """),
        ReferencePage(
            .function, "make_timestamp", "make_timestamp(year, month, day)",
            keywords: "build date from parts",
            """
            make_timestamp gives the beginning of a day by year, month and day, for data in which year, month and
            day are columns of their own. A day that does not exist is E0308.

            ```sql
            SELECT make_timestamp(2026, 3, 1);
            SELECT make_timestamp(year, 1, 1) FROM docs WHERE year IS NOT NULL;
            ```

            Related: date_trunc, CAST.
            """),
        ReferencePage(
            .function, "json", "json(text) and json_valid(text)",
            keywords: "parse check json",
            """
            json turns a text into JSON and fails with E0305 if it is none; json_valid only tells whether it is one.
            Use the second to find lines that need repair before you convert a column.

            ```sql
            SELECT json('{"a": [1, 2]}'), json_valid('{a: 1}');
            ```

            The text is kept as it is, spaces included. Related: the type JSON, json_extract.
            """),
        ReferencePage(
            .function, "json_extract", "json_extract(json, path), json_extract_text, -> and ->>",
            keywords: "get field value nested key",
            """
            json_extract gives the part of a JSON value at a path, as JSON; json_extract_text gives it as TEXT,
            without quotes. `->` and `->>` are the same as operators and also take a plain key or a position.

            ```sql
            SELECT json_extract(extra, '$.author.name'), extra ->> 'lang', extra -> 'tags' ->> 0 FROM docs;
            SELECT id FROM docs WHERE CAST(extra ->> 'pages' AS INTEGER) > 10;
            ```

            A path begins with `$`; `$.list[0]` is the first element, `$.list[#-1]` the last. What is not there is
            NULL. Related: JSON, json_array_length.
            """),
        ReferencePage(
            .function, "json_array_length", "json_array_length(json [, path])",
            keywords: "count elements of list",
            """
            json_array_length gives the number of elements of a JSON array, or of the array at a path inside the
            value; 0 for values that are not arrays, NULL if there is nothing at the path.

            ```sql
            SELECT json_array_length('[1, 2, 3]'), json_array_length(extra, '$.tags') FROM docs;
            ```

            Related: json_extract, json_type.
            """),
        ReferencePage(
            .function, "json_type", "json_type(json [, path])",
            keywords: "kind of json value",
            """
            json_type tells what a JSON value is, or what lies at a path inside it: null, true, false, integer,
            real, text, array or object. NULL means that there is nothing at the path.

            ```sql
            SELECT json_type('{"a": [1]}', '$.a'), json_type(extra) FROM docs;
            ```

            It tells a missing member (NULL) from one whose value is null. Related: json_extract, typeof.
            """),
        ReferencePage(
            .function, "json_each", "json_each(json [, path])",
            keywords: "unnest array elements members rows table function",
            """
            json_each is a table function: it gives a row for each element of a JSON array, or for each member of an
            object, perhaps at a path inside the value. Its columns are key (the member's name, or the element's
            number from 0), value (as JSON) and type.

            ```sql
            SELECT key, value ->> '$' FROM json_each('["x", "y"]');
            SELECT id FROM docs WHERE EXISTS (SELECT 1 FROM json_each(extra, '$.tags') WHERE value ->> '$' = 'new');
            ```

            It may read columns of a query around its own, and of tables before it in FROM: `FROM docs,
            json_each(docs.extra)` gives each row with its members. NULL gives no rows. Related: json_extract,
            json_array_length.
            """),
        ReferencePage(
            .function, "generate_series", "generate_series(start, stop [, step])",
            keywords: "numbers range sequence rows table function",
            """
            generate_series is a table function with one column, value: the whole numbers from start to stop, both
            included, in steps of 1 or of the third argument, which may be negative.

            ```sql
            SELECT value FROM generate_series(1, 10);
            SELECT g.value AS year, count(d.id)
            FROM generate_series(2000, 2024) AS g LEFT JOIN docs AS d ON d.year = g.value GROUP BY g.value;
            ```

            A step that leads away from stop gives no rows, and a step of 0 is E0304. Related: FROM, WITH
            RECURSIVE.
            """),
    ]
}
