SELECT abs(-9223372036854775807), round(2.567, 2), floor(-0.5), sqrt(2), power(2, 62), exp(700), ln(0.1), sign(-3), greatest(1, 2.5, NULL), 7 / 2, -7 % 3;
