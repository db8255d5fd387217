// Functions of text, numbers, time, vectors and JSON: results, NULLs and edges.

import MartletCore
import MartletExpressions
import Testing

struct FunctionTests {
    @Test func texts() throws {
        #expect(try apply("lower", .text("ÄbC")) == .text("äbc"))
        #expect(try apply("upper", .text("äbc")) == .text("ÄBC"))
        #expect(try apply("length", .text("äb")) == .integer(2))
        #expect(try apply("octet_length", .text("äb")) == .integer(3))
        #expect(try apply("length", .blob([1, 2, 3])) == .integer(3))
        #expect(try apply("substr", .text("hällo"), .integer(2), .integer(2)) == .text("äl"))
        #expect(try apply("substr", .text("hello"), .integer(-3)) == .text("llo"))
        #expect(try apply("substr", .text("hello"), .integer(0), .integer(2)) == .text("h"))
        #expect(try apply("substr", .text("hello"), .integer(.min), .integer(.max)) == .text(""))
        #expect(try apply("substr", .text("hello"), .integer(.max)) == .text(""))
        #expect(try apply("substr", .text("hello"), .integer(-10), .integer(7)) == .text("he"))
        #expect(try apply("replace", .text("aXbXc"), .text("X"), .text("--")) == .text("a--b--c"))
        #expect(try apply("replace", .text("abc"), .text(""), .text("-")) == .text("abc"))
        #expect(try apply("trim", .text("  a b ")) == .text("a b"))
        #expect(try apply("ltrim", .text("xxa"), .text("x")) == .text("a"))
        #expect(try apply("rtrim", .text("axx"), .text("x")) == .text("a"))
        #expect(try apply("instr", .text("hällo"), .text("l")) == .integer(3))
        #expect(try apply("instr", .text("hello"), .text("z")) == .integer(0))
        #expect(try apply("left", .text("hello"), .integer(2)) == .text("he"))
        #expect(try apply("left", .text("hello"), .integer(-2)) == .text("hel"))
        #expect(try apply("right", .text("hello"), .integer(2)) == .text("lo"))
        #expect(try apply("right", .text("hello"), .integer(.min)) == .text(""))
        #expect(try apply("repeat", .text("ab"), .integer(3)) == .text("ababab"))
        #expect(code { _ = try apply("repeat", .text("ab"), .integer(.max)) } == .limitExceeded)
        #expect(try apply("reverse", .text("abc")) == .text("cba"))
        #expect(try apply("split_part", .text("a,b,c"), .text(","), .integer(2)) == .text("b"))
        #expect(try apply("split_part", .text("a,b,c"), .text(","), .integer(-1)) == .text("c"))
        #expect(try apply("split_part", .text("a,b,c"), .text(","), .integer(9)) == .text(""))
        #expect(try apply("starts_with", .text("abc"), .text("ab")) == .boolean(true))
        #expect(try apply("concat", .text("a"), .null, .integer(1)) == .text("a1"))
        #expect(try apply("concat_ws", .text("-"), .text("a"), .null, .real(1.5)) == .text("a-1.5"))
        #expect(try apply("chr", .integer(228)) == .text("ä"))
        #expect(code { _ = try apply("chr", .integer(0xD800)) } == .outOfRange)
        #expect(try apply("unicode", .text("ä")) == .integer(228))
        #expect(try apply("hex", .blob([1, 255])) == .text("01FF"))
        #expect(try apply("unhex", .text("01fF")) == .blob([1, 255]))
        #expect(try apply("unhex", .text("zz")) == .null)
        #expect(try apply("quote", .text("it's")) == .text("'it''s'"))
        #expect(try apply("||", .text("a"), .integer(1)) == .text("a1"))
        for name in ["lower", "upper", "length", "trim", "reverse"] { #expect(try apply(name, .null) == .null) }
    }

    @Test func formats() throws {
        #expect(
            try apply("printf", .text("%5d|%-5d|%05d"), .integer(42), .integer(42), .integer(-42))
                == .text("   42|42   |-0042"))
        #expect(try apply("printf", .text("%.2f"), .real(3.14159)) == .text("3.14"))
        #expect(try apply("printf", .text("%.3f"), .real(2.0005)) == .text("2.001"))
        #expect(try apply("printf", .text("%.0f"), .real(2.5)) == .text("2"))
        #expect(try apply("printf", .text("%.3f"), .real(999.9999)) == .text("1000.000"))
        #expect(try apply("printf", .text("%e"), .real(12345.678)) == .text("1.234568e+04"))
        #expect(try apply("printf", .text("%g"), .real(0.0001)) == .text("0.0001"))
        #expect(try apply("printf", .text("%g"), .real(1e20)) == .text("1e+20"))
        #expect(try apply("printf", .text("%s-%x-%%"), .text("a"), .integer(255)) == .text("a-ff-%"))
        #expect(
            try apply("printf", .text("%#x|%#X|%#o|%#x"), .integer(255), .integer(255), .integer(8), .integer(0))
                == .text("0xff|0XFF|010|0"))
        #expect(
            try apply("printf", .text("%#06x|%-#6x|%+x"), .integer(255), .integer(255), .integer(255))
                == .text("0x00ff|0xff  |ff"))
        #expect(code { _ = try apply("printf", .text("%#d"), .integer(1)) } == .invalidPattern)
        #expect(try apply("printf", .text("%,d"), .integer(1_234_567)) == .text("1,234,567"))
        #expect(code { _ = try apply("printf", .text("%d")) } == .outOfRange)
        #expect(code { _ = try apply("printf", .text("%k"), .integer(1)) } == .invalidPattern)
        #expect(code { _ = try apply("printf", .text("%99999999d"), .integer(1)) } == .limitExceeded)
        #expect(try apply("printf", .text("%.20f"), .real(0.1)) == .text("0.10000000000000000555"))
        #expect(try apply("printf", .text("%.1f"), .real(1e300)).isNull == false)
        #expect(try apply("printf", .text("%g"), .real(.leastNonzeroMagnitude)) == .text("4.94066e-324"))
    }

    @Test func numbers() throws {
        #expect(try apply("abs", .integer(-3)) == .integer(3))
        #expect(code { _ = try apply("abs", .integer(.min)) } == .integerOverflow)
        #expect(try apply("abs", .real(-0.5)) == .real(0.5))
        #expect(try apply("round", .real(2.5)) == .real(3))
        #expect(try apply("round", .real(1.005), .integer(2)) == .real(1.01))
        #expect(try apply("round", .real(1234.5), .integer(-2)) == .real(1200))
        #expect(try apply("round", .real(1e300), .integer(.max)) == .real(1e300))
        #expect(try apply("floor", .real(-1.5)) == .real(-2))
        #expect(try apply("ceil", .real(1.2)) == .real(2))
        #expect(try apply("trunc", .real(-1.7)) == .real(-1))
        #expect(try apply("floor", .integer(3)) == .integer(3))
        #expect(try apply("power", .integer(2), .integer(10)) == .real(1024))
        #expect(code { _ = try apply("power", .real(10), .real(400)) } == .outOfRange)
        #expect(code { _ = try apply("sqrt", .real(-1)) } == .outOfRange)
        #expect(code { _ = try apply("ln", .real(0)) } == .outOfRange)
        #expect(try apply("sqrt", .integer(9)) == .real(3))
        #expect(try apply("mod", .integer(7), .integer(3)) == .integer(1))
        #expect(try apply("sign", .real(-2)) == .integer(-1))
        #expect(try apply("max", .integer(1), .integer(3), .integer(2)) == .integer(3))
        #expect(try apply("min", .text("b"), .text("a")) == .text("a"))
        #expect(try apply("min", .integer(1), .null) == .null)
        #expect(try apply("greatest", .integer(1), .null, .integer(4)) == .integer(4))
        #expect(try apply("degrees", .real(.pi)) == .real(180))
        #expect(try apply("&", .integer(6), .integer(3)) == .integer(2))
        #expect(try apply("<<", .integer(1), .integer(70)) == .integer(0))
        #expect(try apply("~", .integer(0)) == .integer(-1))
        let random = try call("random")
        let context = EvaluationContext(seed: 1)
        let again = EvaluationContext(seed: 1)
        let first = try value(random, context)
        #expect(try value(random, again) == first)
        #expect(try value(random, context) != first)
    }

    @Test func nullFunctions() throws {
        #expect(try apply("coalesce", .null, .integer(2), .integer(3)) == .integer(2))
        #expect(try apply("coalesce", .null, .integer(2), .real(3)) == .real(2))
        #expect(try apply("ifnull", .null, .text("x")) == .text("x"))
        #expect(try apply("nullif", .integer(1), .integer(1)) == .null)
        #expect(try apply("nullif", .integer(1), .integer(2)) == .integer(1))
        #expect(try apply("iif", .boolean(true), .integer(1), .integer(2)) == .integer(1))
        #expect(try apply("iif", .null, .integer(1), .integer(2)) == .integer(2))
        #expect(try apply("typeof", .real(1)) == .text("real"))
        #expect(try apply("typeof", .null) == .text("null"))
        #expect(code { _ = try apply("coalesce", .integer(1), .boolean(true)) } == .typeMismatch)
    }

    private func time(_ text: String) throws -> Value { try ValueConversion.convert(.text(text), to: .timestamp) }

    @Test func times() throws {
        let moment = try time("2024-02-29 13:45:06.789")
        #expect(try apply("date_trunc", .text("hour"), moment) == time("2024-02-29 13:00:00"))
        #expect(try apply("date_trunc", .text("week"), moment) == time("2024-02-26"))
        #expect(try apply("date_trunc", .text("quarter"), moment) == time("2024-01-01"))
        #expect(try apply("date_trunc", .text("day"), time("1969-12-31 23:00:00")) == time("1969-12-31"))
        #expect(try apply("extract", .text("year"), moment) == .real(2024))
        #expect(try apply("extract", .text("dow"), moment) == .real(4))
        #expect(try apply("extract", .text("doy"), moment) == .real(60))
        #expect(try apply("extract", .text("week"), time("2021-01-03")) == .real(53))
        #expect(try apply("extract", .text("second"), moment) == .real(6.789))
        #expect(code { _ = try apply("extract", .text("moon"), moment) } == .outOfRange)
        #expect(
            try apply("strftime", .text("%Y-%m-%d %H:%M:%S %j %w %a %b %%"), moment)
                == .text("2024-02-29 13:45:06 060 4 Thu Feb %"))
        #expect(try apply("date_add", moment, .text("1 year")) == time("2025-02-28 13:45:06.789"))
        #expect(try apply("date_add", time("2024-01-31"), .text("1 month")) == time("2024-02-29"))
        #expect(try apply("date_add", time("2024-01-01"), .text("-14 months 2 days 3h")) == time("2022-11-03 03:00:00"))
        #expect(try apply("date_sub", time("2024-01-01"), .text("1 day")) == time("2023-12-31"))
        #expect(code { _ = try apply("date_add", moment, .text("soon")) } == .invalidTimestamp)
        #expect(code { _ = try apply("date_add", moment, .text("9999999999999 years")) } == .outOfRange)
        #expect(try apply("date_diff", .text("day"), time("2023-12-31 23:00:00"), time("2024-01-01")) == .integer(1))
        #expect(try apply("to_timestamp", .integer(86_400)) == time("1970-01-02"))
        #expect(try apply("epoch", time("1970-01-02")) == .real(86_400))
        for extreme in [Value.timestamp(.min), .timestamp(.max)] {
            for unit in ["day", "week", "month", "year", "century", "second"] {
                _ = try? apply("date_trunc", .text(unit), extreme)
                _ = try? apply("date_diff", .text(unit), extreme, .timestamp(0))
                _ = try? apply("date_diff", .text(unit), .timestamp(0), extreme)
            }
            _ = try? apply("date_diff", .text("microsecond"), extreme, .timestamp(.min))
            _ = try? apply("strftime", .text("%F %T %V %G"), extreme)
        }
        #expect(try value(call("now"), EvaluationContext(statementTime: 5)) == .timestamp(5))
    }

    @Test func vectors() throws {
        let a = Value.vector(Vector([1, 2, 2]))
        let b = Value.vector(Vector([2, 0, 0]))
        #expect(try apply("dot", a, b) == .real(2))
        #expect(try apply("l2_distance", a, a) == .real(0))
        #expect(try apply("norm", a) == .real(3))
        #expect(try apply("dimension", a) == .integer(3))
        #expect(same(try apply("cosine_distance", a, b), .real(1 - 2.0 / 6)))
        #expect(try apply("cosine_distance", a, .vector(Vector([0, 0, 0]))) == .null)
        #expect(try apply("vector", .integer(1), .real(2), .integer(2)) == a)
        #expect(code { _ = try apply("dot", a, .vector(Vector([1]))) } == .typeMismatch)
    }

    @Test func json() throws {
        let json = Value.json(#"{"a": [1, 2.5, "x"], "b": null}"#)
        #expect(try apply("->", json, .text("a")) == .json(#"[1, 2.5, "x"]"#))
        #expect(try apply("->>", json, .text("$.a[2]")) == .text("x"))
        #expect(try apply("json_extract", json, .text("$.a[0]")) == .json("1"))
        #expect(try apply("->>", .json("[1,2]"), .integer(-1)) == .text("2"))
        #expect(try apply("->", json, .text("zz")) == .null)
        #expect(try apply("json_type", json, .text("$.a")) == .text("array"))
        #expect(try apply("json_array_length", json, .text("$.a")) == .integer(3))
        #expect(try apply("json_valid", .text("{")) == .boolean(false))
        #expect(try apply("json_valid", .text("{}")) == .boolean(true))
        #expect(code { _ = try apply("json_type", .text("{")) } == .invalidJSON)
    }

    @Test func casts() throws {
        func cast(_ value: Value, _ type: DataType) throws -> Value {
            try MartletExpressionsTests.value(Coercion.cast(constant(value), to: type, at: SourceRange(5, 6)))
        }
        #expect(try cast(.text("12"), .integer) == .integer(12))
        #expect(try cast(.real(-1.9), .integer) == .integer(-1))
        #expect(try cast(.real(3), .text) == .text("3.0"))
        #expect(try cast(.integer(3), .boolean) == .boolean(true))
        #expect(try cast(.json("[1,2]"), .vector(dimension: 2, element: .f32)) == .vector(Vector([1, 2])))
        #expect(try cast(.text("[1,2]"), .vector(dimension: 2, element: .f32)) == .vector(Vector([1, 2])))
        #expect(try cast(.null, .vector(dimension: 2, element: .f32)) == .null)
        #expect(code { _ = try cast(.text("x"), .integer) } == .invalidCast)
        #expect(code { _ = try cast(.real(1e300), .integer) } == .outOfRange)
        #expect(code { _ = try cast(.blob([1]), .integer) } == .typeMismatch)
        do {
            _ = try cast(.text("x"), .integer)
        } catch {
            #expect((error as? Diagnostic)?.range == SourceRange(5, 6))
        }
    }
}
