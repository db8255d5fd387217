// Text and JSON to values, numbers, vectors.

import MartletCore
import MartletFormats
import Testing

struct ValueParserTests {
    @Test func parsesText() throws {
        #expect(try ValueParser.parse("-9223372036854775808", as: .integer) == .integer(.min))
        #expect(try ValueParser.parse("+7", as: .integer) == .integer(7))
        #expect(try ValueParser.parse("1e-3", as: .real) == .real(0.001))
        #expect(try ValueParser.parse(".5", as: .real) == .real(0.5))
        #expect(try ValueParser.parse("1e-999", as: .real) == .real(0))
        #expect(try ValueParser.parse("TRUE", as: .boolean) == .boolean(true))
        #expect(try ValueParser.parse("\\x0Aff", as: .blob) == .blob([10, 255]))
        #expect(try ValueParser.parse("x'0a'", as: .blob) == .blob([10]))
        #expect(
            try ValueParser.parse("[0.5, 2]", as: .vector(dimension: 2, element: .f32)) == .vector(Vector([0.5, 2])))
    }

    @Test(arguments: [
        ("9223372036854775808", DataType.integer, ErrorCode.outOfRange), ("1.0", .integer, .invalidCast),
        ("", .integer, .invalidCast), (" 1", .integer, .invalidCast), ("nan", .real, .invalidCast),
        ("inf", .real, .invalidCast), ("0x10", .real, .invalidCast), ("1e999", .real, .outOfRange),
        ("yes", .boolean, .invalidCast), ("\\xabc", .blob, .invalidCast), ("abcd", .blob, .invalidCast),
        ("{", .json, .invalidJSON), ("a\0b", .text, .invalidText),
        ("[1]", .vector(dimension: 2, element: .f32), .invalidVector),
        ("[NaN]", .vector(dimension: 1, element: .f32), .invalidVector),
        ("[1e39]", .vector(dimension: 1, element: .f32), .invalidVector),
        ("[65520]", .vector(dimension: 1, element: .f16), .invalidVector),
        ("[1.5]", .vector(dimension: 1, element: .i8), .invalidVector),
        ("[128]", .vector(dimension: 1, element: .i8), .invalidVector),
        ("[2]", .vector(dimension: 1, element: .bit), .invalidVector),
    ])
    func refusesText(text: String, type: DataType, code: ErrorCode) {
        let error = #expect(throws: Diagnostic.self) { try ValueParser.parse(text, as: type) }
        #expect(error?.code == code)
    }

    @Test func convertsJSONStrictly() throws {
        func convert(_ json: String, _ type: DataType) throws -> Value {
            let bytes = Array(json.utf8)
            return try ValueParser.parse(json: bytes.span, as: type)
        }
        #expect(try convert("1", .real) == .real(1))
        #expect(try convert("null", .json) == .null)
        #expect(try convert(" null\n", .json) == .null)
        #expect(try convert("{\"a\": 1}", .json) == .json("{\"a\": 1}"))
        #expect(try convert("\"2024-01-01T00:00:00Z\"", .timestamp) == .timestamp(1_704_067_200_000_000))
        #expect(
            try convert("[1, 0, 1]", .vector(dimension: 3, element: .bit))
                == .vector(Vector(dimension: 3, element: .bit, bytes: [5])))
        for (json, type) in [
            ("\"1\"", DataType.integer), ("1", .text), ("1", .boolean), ("1.5", .integer), ("[1]", .text),
            ("{}", .text),
        ] {
            let error = #expect(throws: Diagnostic.self) { try convert(json, type) }
            #expect(error?.code == .typeMismatch)
        }
    }

    @Test func realsReadBack() {
        for seed in UInt64(0)..<5 {
            var random = SeededRandom(seed: seed)
            for _ in 0..<2_000 {
                let bits = random.next()
                let number = bits % 3 == 0 ? Double(bits % 1_000_000) / 1000 : Double(bitPattern: bits)
                guard number.isFinite else { continue }
                let text = Array(NumberFormat.text(number).utf8)
                #expect(NumberFormat.real(text.span) == .value(number), "seed \(seed)")
            }
        }
    }

    @Test func halvesRoundTrip() {
        for pattern in UInt16.min...UInt16.max where pattern & 0x7C00 != 0x7C00 {
            #expect(HalfFloat.bitPattern(HalfFloat.float(pattern)) == pattern)
        }
        #expect(HalfFloat.bitPattern(0.1) == 0x2E66)
        #expect(HalfFloat.bitPattern(65519) == 0x7BFF)
    }

    @Test func vectorsReadBack() throws {
        for element in VectorElement.allCases {
            let vector = try VectorFormat.pack([1, 0, 1, 1, 0, 0, 0, 0, 1], dimension: 9, element: element)
            #expect(VectorFormat.text(vector) == "[1, 0, 1, 1, 0, 0, 0, 0, 1]")
            #expect(
                try ValueParser.parse(VectorFormat.text(vector), as: .vector(dimension: 9, element: element))
                    == .vector(vector))
        }
    }
}
