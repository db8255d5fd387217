SELECT 'unterminated; SELECT "x; /* open; x'0
