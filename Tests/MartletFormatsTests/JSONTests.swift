// JSON: strictness, places of faults, identity of writing and parsing, and paths.

import MartletCore
import MartletFormats
import Testing

struct JSONTests {
    private func fault(_ bytes: [UInt8]) -> JSONFault? {
        do throws(JSONFault) {
            try JSONScanner.validate(bytes.span)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("", JSONFault.Reason.unexpectedEnd, 0), ("[1,]", .expectedValue, 3), ("[1 2]", .expectedCommaOrBracket, 3),
        ("{\"a\" 1}", .expectedColon, 5), ("{a:1}", .expectedKey, 1), ("{\"a\":1,}", .expectedKey, 7),
        ("01", .invalidNumber, 1), ("1.", .unexpectedEnd, 2), ("-x", .invalidNumber, 1),
        ("1e999", .numberOutOfRange, 0),
        ("+1", .expectedValue, 0), ("nul", .expectedValue, 0), ("\"a\nb\"", .controlCharacter, 2),
        ("\"\\x\"", .invalidEscape, 1), ("\"\\ud800\"", .loneSurrogate, 1), ("\"\\udc00\"", .loneSurrogate, 1),
        ("\"\\ud800\\u0041\"", .loneSurrogate, 1), ("\"abc", .unexpectedEnd, 4), ("1 2", .textAfterEnd, 2),
        ("NaN", .expectedValue, 0), ("'a'", .expectedValue, 0), ("\"\\u12g4\"", .invalidEscape, 1),
    ])
    func refuses(text: String, reason: JSONFault.Reason, offset: Int) {
        let fault = fault(Array(text.utf8))
        #expect(fault?.reason == reason && fault?.offset == offset)
        #expect(throws: Diagnostic.self) { try JSONValue.parse(text) }
    }

    @Test func refusesWhatIsNotUTF8() {
        let fault = fault([0x22, 0x61, 0xFF, 0x22])
        #expect(fault?.reason == .notUTF8 && fault?.offset == 2)
        #expect(self.fault([0x22, 0xED, 0xA0, 0x80, 0x22])?.reason == .notUTF8)
    }

    @Test func nestingHasALimit() {
        let depth = Limits.nestingDepth
        func nested(_ count: Int) -> [UInt8] {
            Array((String(repeating: "[", count: count) + String(repeating: "]", count: count)).utf8)
        }
        #expect(fault(nested(depth)) == nil)
        let deeper = fault(nested(depth + 1))
        #expect(deeper?.reason == .tooDeep && deeper?.offset == depth)
    }

    @Test func parses() throws {
        let text = #" {"a": [1, -2.50, 1e2, 9223372036854775808], "b\u0041\ud83d\ude00\n": null, "a": true} "#
        let value = try JSONValue.parse(text)
        #expect(value == .object([.init(key: "a", value: .boolean(true)), .init(key: "bA😀\n", value: .null)]))
        #expect(
            try JSONValue.parse("[1,-2.50,1e2,9223372036854775808,-0]").description
                == "[1,-2.5,100.0,9.223372036854776e+18,-0.0]")
        #expect(try JSONValue.parse(#""\u0001\/\"""#).description == #""\u0001/\"""#)
    }

    private func random(_ random: inout SeededRandom, depth: Int) -> JSONValue {
        switch random.next() % (depth > 4 ? 5 : 7) {
        case 0: return .null
        case 1: return .boolean(random.next() % 2 == 0)
        case 2: return .integer(Int64(bitPattern: random.next()) >> Int64(random.next() % 64))
        case 3:
            let real = Double(bitPattern: random.next())
            return .real(real.isFinite ? real : 0.5)
        case 4: return .string(text(&random))
        case 5: return .array((0..<random.next() % 5).map { _ in self.random(&random, depth: depth + 1) })
        default:
            return .object(
                (0..<random.next() % 5).map {
                    JSONMember(key: "\($0)" + text(&random), value: self.random(&random, depth: depth + 1))
                })
        }
    }

    private func text(_ random: inout SeededRandom) -> String {
        var result = String.UnicodeScalarView()
        for _ in 0..<random.next() % 12 {
            let range: UInt32 = random.next() % 2 == 0 ? 0x80 : 0x11_0000
            if let scalar = Unicode.Scalar(UInt32(random.next() % UInt64(range))) { result.append(scalar) }
        }
        return String(result)
    }

    @Test func whatIsWrittenParsesBack() throws {
        for seed in UInt64(0)..<1_000 {
            var generator = SeededRandom(seed: seed)
            let value = random(&generator, depth: 0)
            let back = try JSONValue.parse(value.description)
            #expect(back == value && back.description == value.description, "seed \(seed)")
        }
    }

    @Test func noBytesTrap() {
        let alphabet: [UInt8] = Array("[]{}\",:\\u0d8e1-.ntfa \n".utf8) + [0, 0xC3, 0xA9, 0xFF]
        for seed in UInt64(0)..<5_000 {
            var random = SeededRandom(seed: seed)
            let bytes = (0..<random.next() % 40).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let isValid = fault(bytes) == nil
            let parses = (try? JSONValue.parse(bytes.span)) != nil
            #expect(parses == isValid, "seed \(seed)")
            for type: DataType in [
                .json, .text, .integer, .timestamp, .blob, .boolean, .vector(dimension: 2, element: .i8),
            ] {
                _ = try? ValueParser.parse(bytes.span, as: type)
                _ = try? ValueParser.parse(json: bytes.span, as: type)
            }
            let reader = JSONLinesReader(ByteSource(bytes: bytes), columns: ["a"])
            while (try? reader.next()) == true { _ = try? reader.value(ofColumn: 0, as: .integer) }
            _ = try? JSONPath("$" + String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func pathsFindParts() throws {
        let json = #"{"a": {"b": [10, "x\ny", null], "odd key": 1}, "a\u0062": 2, "a.b": 3}"#
        #expect(try JSONPath("$.a.b[0]").extractJSON(from: json) == "10")
        #expect(try JSONPath("$.a.b[#-2]").extractText(from: json) == "x\ny")
        #expect(try JSONPath("$.a.b[2]").extractText(from: json) == nil)
        #expect(try JSONPath("$.a.b[3]").extractJSON(from: json) == nil)
        #expect(try JSONPath(#"$.a."odd key""#).extractJSON(from: json) == "1")
        #expect(try JSONPath("$.ab").extractJSON(from: json) == "2")
        #expect(try JSONPath(operand: "a.b").extractJSON(from: json) == "3")
        #expect(try JSONPath(operand: -1).extractJSON(from: "[1,2]") == "2")
        #expect(try JSONPath(operand: Int64.min).extractJSON(from: "[1,2]") == nil)
        #expect(try JSONPath("$").extractJSON(from: " 7 ") == "7")
        for path in ["", "a", "$.", "$[", "$[x]", "$[0", "$[#-0]", "$..a", "$.\"a"] {
            let error = #expect(throws: Diagnostic.self) { try JSONPath(path) }
            #expect(error?.code == .invalidJSON)
        }
    }
}
