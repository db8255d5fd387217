// Pages: functions and operators on numbers, conditions and vectors.

extension ReferencePage {
    static let numberFunctions: [ReferencePage] = [
        ReferencePage(
            .function, "arithmetic", "The operators + - * / and %",
            keywords: "add subtract multiply divide remainder modulo",
            """
            They calculate with INTEGER and REAL. Two INTEGERs give an INTEGER, and division cuts off toward zero;
            if one side is REAL so is the result. A result that does not fit is E0301, a division by zero E0302.

            ```sql
            SELECT 7 / 2, 7 / 2.0, -7 % 3, mod(7, 3), 2 + 3 * 4;
            ```

            `*`, `/` and `%` bind stronger than `+` and `-`. mod() is another way to write %. Related: INTEGER,
            REAL, nullif.
            """),
        ReferencePage(
            .function, "comparison", "Comparison: = <> < <= > >= and BETWEEN, IN",
            keywords: "equal not equal less greater",
            """
            They compare two values of one type, or INTEGER with REAL, and give a BOOLEAN; with NULL on a side the
            result is NULL. BETWEEN includes both ends. IN is true if the value equals one of the list.

            ```sql
            SELECT id FROM docs WHERE year BETWEEN 2020 AND 2024 AND lang IN ('en', 'de') AND id <> 'a';
            ```

            `!=` is `<>`. Text is compared byte by byte. IS and IS NOT compare so that NULL equals NULL. Related:
            NULL, LIKE.
            """),
        ReferencePage(
            .function, "logic", "AND, OR and NOT",
            keywords: "boolean operators combine conditions",
            """
            They combine conditions. AND binds stronger than OR, NOT stronger than both; use parentheses where you
            are in doubt. With NULL the result is NULL unless the other side decides alone.

            ```sql
            SELECT id FROM docs WHERE (lang = 'en' OR lang IS NULL) AND NOT year < 2000;
            ```

            The right side may not be computed when the left one decides, but do not rely on it: use CASE to guard a
            calculation. Related: CASE, WHERE.
            """),
        ReferencePage(
            .function, "bits", "Bit operators: and, or, not, shifts",
            keywords: "bitwise mask flags",
            """
            They work on the 64 bits of INTEGERs: `&` keeps bits set in both, `|` in either, `~` inverts all, `<<`
            and `>>` shift to the left and right, the latter keeping the sign.

            ```sql
            SELECT 12 & 10, 12 | 10, ~0, 1 << 4, -8 >> 1;
            SELECT id FROM docs WHERE year & 1 = 0;
            ```

            Shifting by 64 or more leaves nothing. Related: arithmetic, INTEGER.
            """),
        ReferencePage(
            .function, "abs", "abs(number)",
            keywords: "absolute value magnitude",
            """
            abs gives a number without its sign; the type stays. The smallest INTEGER has no positive counterpart
            and is E0301. Together with a tolerance it compares REALs.

            ```sql
            SELECT abs(-3), abs(2.5);
            SELECT abs(0.1 + 0.2 - 0.3) < 1e-9;
            ```

            Related: sign, round.
            """),
        ReferencePage(
            .function, "sign", "sign(number)",
            keywords: "positive negative zero",
            """
            sign gives -1 for a negative number, 0 for zero and 1 for a positive one, as INTEGER. It is handy for
            ordering by the direction of a change.

            ```sql
            SELECT sign(-2.5), sign(0), sign(7);
            ```

            NULL gives NULL. Related: abs, CASE.
            """),
        ReferencePage(
            .function, "round", "round(number [, digits])",
            keywords: "rounding decimals nearest",
            """
            round gives the nearest whole number, or the number rounded to so many digits after the point. Halves go
            away from zero. A negative number of digits rounds before the point.

            ```sql
            SELECT round(2.5), round(-2.5), round(3.14159, 2), round(1234.0, -2);
            ```

            The result of a REAL is REAL; add CAST to get an INTEGER. To print a fixed number of digits use format.
            Related: floor, trunc, format.
            """),
        ReferencePage(
            .function, "floor", "floor, ceil and trunc",
            keywords: "round down up toward zero ceiling",
            """
            floor rounds down to a whole number, ceil (or ceiling) up, trunc toward zero. They differ for negative
            numbers: floor(-1.5) is -2, trunc(-1.5) is -1.

            ```sql
            SELECT floor(-1.5), ceil(-1.5), trunc(-1.5), floor(7.0 / 2);
            SELECT floor(year / 10.0) * 10 AS decade, count(*) FROM docs GROUP BY 1;
            ```

            Related: round, CAST.
            """),
        ReferencePage(
            .function, "sqrt", "sqrt(x), power(x, y) and exp(x)",
            keywords: "square root exponent pow",
            """
            sqrt gives the square root, power (or pow) the first number to the power of the second, exp the number e
            to a power. Everything is REAL. A negative square root or a result beyond REAL is E0304.

            ```sql
            SELECT sqrt(2.0), power(2, 10), exp(1.0);
            ```

            For whole powers of two `1 << n` stays INTEGER. Related: ln, arithmetic.
            """),
        ReferencePage(
            .function, "ln", "ln(x), log(x), log2(x) and log10(x)",
            keywords: "logarithm natural base",
            """
            ln is the natural logarithm, log and log10 the one to base 10, log2 the one to base 2. With two
            arguments log takes the base first. Numbers that are not above zero are E0304.

            ```sql
            SELECT ln(2.718281828), log(1000), log2(8), log(2, 1024);
            ```

            Related: exp, power.
            """),
        ReferencePage(
            .function, "trigonometry", "sin, cos, tan, asin, acos, atan, atan2, degrees, radians and pi",
            keywords: "angle geometry",
            """
            The functions of angles take and give radians. degrees and radians convert between the two measures,
            pi() is the number. atan2(y, x) is the angle of a point and knows all four quadrants.

            ```sql
            SELECT sin(pi() / 6), degrees(atan2(1.0, 1.0)), cos(radians(60.0));
            ```

            asin and acos of numbers outside -1 to 1 are E0304. Related: sqrt.
            """),
        ReferencePage(
            .function, "random", "random()",
            keywords: "sample shuffle random rows",
            """
            random gives a REAL from 0 up to, but not including, 1; another one for each row. The numbers follow
            from the session's seed, so that a script that is repeated gives the same ones.

            ```sql
            SELECT id FROM docs ORDER BY random() LIMIT 10;
            SELECT CAST(floor(random() * 6) AS INTEGER) + 1 AS die;
            ```

            It is not fit for passwords or keys. Related: LIMIT, seed.
            """),
        ReferencePage(
            .function, "greatest", "greatest(...) and least(...)",
            keywords: "maximum of several values clamp",
            """
            greatest gives the largest of its arguments, least the smallest; NULLs are passed over. Together they
            keep a number within bounds. min and max with several arguments do the same, but give NULL if one is
            NULL.

            ```sql
            SELECT greatest(3, 7, NULL), least(100, greatest(0, 120));
            ```

            For the largest value of a column over rows use the aggregate max. Related: max, min, CASE.
            """),
        ReferencePage(
            .function, "coalesce", "coalesce(...) and ifnull(a, b)",
            keywords: "default for null replace missing value",
            """
            coalesce gives the first of its arguments that is not NULL, and NULL if there is none. ifnull is the
            same for two. Later arguments are computed only where they are needed.

            ```sql
            SELECT id, coalesce(title, left(body, 40), 'untitled') FROM docs;
            ```

            All arguments must have a common type. Related: nullif, NULL, concat.
            """),
        ReferencePage(
            .function, "nullif", "nullif(a, b)",
            keywords: "turn value into null avoid division by zero",
            """
            nullif gives NULL where both arguments are equal, else the first. It turns values that stand for
            nothing, such as an empty text or 0, into NULL.

            ```sql
            SELECT 100 / nullif(0, 0), nullif(trim(title), '') FROM docs;
            ```

            Related: coalesce, E0302.
            """),
        ReferencePage(
            .function, "iif", "iif(condition, a, b)",
            keywords: "if inline conditional ternary",
            """
            iif gives its second argument where the condition is TRUE, else the third; a condition that is NULL
            counts as not true. It is a short form of CASE with one branch.

            ```sql
            SELECT id, iif(year >= 2020, 'new', 'old') FROM docs;
            ```

            Only the chosen argument is computed. Related: CASE, coalesce.
            """),
        ReferencePage(
            .function, "typeof", "typeof(value)",
            keywords: "type name inspect",
            """
            typeof gives the name of a value's type in small letters: integer, real, text, boolean, timestamp, json,
            blob, vector(3) or null. It helps to understand an E0201.

            ```sql
            SELECT typeof(1), typeof(1.0), typeof('1'), typeof(now()), typeof(NULL);
            ```

            Related: CAST, the pages of kind type.
            """),
        ReferencePage(
            .function, "vector", "vector(...), dimension(v) and norm(v)",
            keywords: "embedding build length elements",
            """
            vector makes a VECTOR of the given numbers, dimension tells how many elements a vector has, norm its
            Euclidean length. A vector divided by its norm is not built in; distances with cosine do not need it.

            ```sql
            SELECT vector(0.5, -1, 2), dimension(vector(1, 2, 3)), norm(vector(3, 4));
            ```

            Vectors of other sources are usually cast from a text such as '[1, 2]' or bound. Related: the type
            VECTOR, dot.
            """),
        ReferencePage(
            .function, "cosine_distance", "cosine_distance, l2_distance, hamming_distance and dot",
            keywords: "similarity compare vectors nearest bits",
            """
            cosine_distance is 1 minus the cosine of the angle between two vectors, from 0 (same direction) to 2;
            l2_distance is the straight distance; hamming_distance counts the elements that differ; dot is the inner
            product, where larger means more alike.

            ```sql
            SELECT id, cosine_distance(emb, :query) AS distance FROM points ORDER BY distance LIMIT 5;
            SELECT l2_distance(vector(0, 0), vector(3, 4)), dot(vector(1, 2), vector(3, 4));
            ```

            Both must have the same dimension, else E0306; a TEXT constant or parameter and a BLOB become a vector like
            the other. A zero vector has no direction: the cosine distance is NULL. ORDER BY a distance (or dot DESC)
            with a LIMIT scans a vector index of that metric instead of the table, and is exact. Related: VECTOR,
            vector, NEAR.
            """),
    ]
}
