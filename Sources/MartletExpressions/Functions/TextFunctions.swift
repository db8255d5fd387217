// Functions of text: case, pieces, search, replacement. Characters are Unicode scalars; positions start at 1.

import MartletCore
import MartletFormats

package enum TextFunctions {
    /// What COLLATE NOCASE compares: the letters A to Z in lower case, all else as it is.
    package static let nocase = text("nocase", "the letters A to Z in lower case") { (s) throws(Diagnostic) in
        s.foldedName
    }

    static let all: [ScalarFunction] = [
        text("lower", "the text in lower case") { (s) throws(Diagnostic) in s.lowercased() },
        text("upper", "the text in upper case") { (s) throws(Diagnostic) in s.uppercased() },
        text("reverse", "the characters in reverse order") { (s) throws(Diagnostic) in
            String(String.UnicodeScalarView(s.unicodeScalars.reversed()))
        },
        trim("trim", "without the characters (spaces) at both ends", start: true, end: true),
        trim("ltrim", "without the characters (spaces) at the start", start: true, end: false),
        trim("rtrim", "without the characters (spaces) at the end", start: false, end: true),
        ScalarFunction(
            "length", [.textOrBlob], returns: .type(.integer), canFail: false,
            summary: "the number of characters of a text, or of bytes of a blob",
            .batch { (arguments, count, _) throws(Diagnostic) in
                let counted = arguments[0].type == .text ? characterCounts : byteCounts
                return .integers(lengths(arguments[0].bytes, count, counted))
            }),
        ScalarFunction(
            "char_length", [.type(.text)], returns: .type(.integer), canFail: false,
            summary: "the number of characters",
            .batch { (arguments, count, _) throws(Diagnostic) in
                .integers(lengths(arguments[0].bytes, count, characterCounts))
            }),
        ScalarFunction(
            "octet_length", [.textOrBlob], returns: .type(.integer), canFail: false, summary: "the number of bytes",
            .batch { (arguments, count, _) throws(Diagnostic) in
                .integers(lengths(arguments[0].bytes, count, byteCounts))
            }),
        substring("substr"), substring("substring"),
        row(
            "replace", [.type(.text), .type(.text), .type(.text)], .text, "every occurrence of the second text replaced"
        ) {
            (values) throws(Diagnostic) in
            guard case (.text(let text), .text(let old), .text(let new)) = (values[0], values[1], values[2]) else {
                return .null
            }
            return .text(try replace(text, old, new))
        },
        position("instr"), position("strpos"),
        row("left", [.type(.text), .type(.integer)], .text, "the first n characters; all but the last -n if negative") {
            (values) throws(Diagnostic) in
            guard case (.text(let text), .integer(let count)) = (values[0], values[1]) else { return .null }
            let scalars = text.unicodeScalars
            return .text(
                String(count >= 0 ? scalars.prefix(clamped(count)) : scalars.dropLast(clamped(0 &- count))))
        },
        row("right", [.type(.text), .type(.integer)], .text, "the last n characters; all but the first -n if negative")
        {
            (values) throws(Diagnostic) in
            guard case (.text(let text), .integer(let count)) = (values[0], values[1]) else { return .null }
            let scalars = text.unicodeScalars
            return .text(
                String(count >= 0 ? scalars.suffix(clamped(count)) : scalars.dropFirst(clamped(0 &- count))))
        },
        row("repeat", [.type(.text), .type(.integer)], .text, "the text n times") { (values) throws(Diagnostic) in
            guard case (.text(let text), .integer(let count)) = (values[0], values[1]) else { return .null }
            if count <= 0 || text.isEmpty { return .text("") }
            let (bytes, overflow) = text.utf8.count.multipliedReportingOverflow(by: clamped(count))
            try TextOperators.checkLength(overflow ? .max : bytes)
            return .text(String(repeating: text, count: Int(count)))
        },
        row("split_part", [.type(.text), .type(.text), .type(.integer)], .text, "the nth piece between separators") {
            (values) throws(Diagnostic) in
            guard case (.text(let text), .text(let separator), .integer(let number)) = (values[0], values[1], values[2])
            else { return .null }
            if number == 0 { throw Diagnostic(.outOfRange, "the pieces of split_part() are counted from 1") }
            let parts = split(text, separator)
            let index = number > 0 ? number - 1 : Int64(parts.count) &+ number
            return .text(index >= 0 && index < Int64(parts.count) ? parts[Int(index)] : "")
        },
        row("starts_with", [.type(.text), .type(.text)], .boolean, "whether the text starts with the other") {
            (values) throws(Diagnostic) in
            guard case (.text(let text), .text(let prefix)) = (values[0], values[1]) else { return .null }
            return .boolean(text.utf8.starts(with: prefix.utf8))
        },
        row("ends_with", [.type(.text), .type(.text)], .boolean, "whether the text ends with the other") {
            (values) throws(Diagnostic) in
            guard case (.text(let text), .text(let suffix)) = (values[0], values[1]) else { return .null }
            return .boolean(text.utf8.reversed().starts(with: suffix.utf8.reversed()))
        },
        ScalarFunction(
            "concat", [], variadic: .any, returns: .type(.text),
            summary: "the arguments as text, joined; NULLs are left out",
            .row(nullIfAnyNull: false) { (values, _) throws(Diagnostic) in .text(try join(values[...], "")) }),
        ScalarFunction(
            "concat_ws", [.type(.text)], variadic: .any, returns: .type(.text),
            summary: "the arguments after the first as text, joined by the first; NULLs are left out",
            .row(nullIfAnyNull: false) { (values, _) throws(Diagnostic) in
                guard case .text(let separator) = values[0] else { return .null }
                return .text(try join(values.dropFirst(), separator))
            }),
        character("chr"), character("char"), codePoint("unicode"), codePoint("ascii"),
        row("hex", [.textOrBlob], .text, "the bytes as hexadecimal digits") { (values) throws(Diagnostic) in
            let bytes: [UInt8]
            switch values[0] {
            case .text(let text): bytes = Array(text.utf8)
            case .blob(let blob): bytes = blob
            default: return .null
            }
            try TextOperators.checkLength(bytes.count * 2)
            let digits = Array("0123456789ABCDEF".utf8)
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count * 2)
            for byte in bytes {
                result.append(digits[Int(byte >> 4)])
                result.append(digits[Int(byte & 15)])
            }
            return .text(String(decoding: result, as: UTF8.self))
        },
        row("unhex", [.type(.text)], .blob, "the bytes that hexadecimal digits stand for; NULL if they are none") {
            (values) throws(Diagnostic) in
            guard case .text(let text) = values[0], text.utf8.count % 2 == 0 else { return .null }
            var bytes: [UInt8] = []
            var high: UInt8?
            for digit in text.utf8 {
                guard let value = hexValue(digit) else { return .null }
                if let upper = high {
                    bytes.append(upper << 4 | value)
                    high = nil
                } else {
                    high = value
                }
            }
            return .blob(bytes)
        },
        ScalarFunction(
            "quote", [.any], returns: .type(.text), canFail: false, summary: "the value as a literal of the language",
            .row(nullIfAnyNull: false) { (values, _) throws(Diagnostic) in
                switch values[0] {
                case .null: .text("NULL")
                case .boolean(let flag): .text(flag ? "TRUE" : "FALSE")
                case .integer(let number): .text("\(number)")
                case .real(let number): .text(NumberFormat.text(number))
                case .blob(let bytes): .text("x'" + bytes.map(ValueConversion.hexDigits(of:)).joined() + "'")
                default: .text("'" + (try replace(ValueText.text(values[0]), "'", "''")) + "'")
                }
            }),
        format("printf"), format("format"),
    ]

    // MARK: Makers

    private static func row(
        _ name: String, _ parameters: [ScalarFunction.ParameterType], optional: Int = 0, _ result: DataType,
        _ summary: String, _ body: @escaping @Sendable ([Value]) throws(Diagnostic) -> Value
    ) -> ScalarFunction {
        ScalarFunction(
            name, parameters, optional: optional, returns: .type(result), summary: summary,
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in try body(values) })
    }

    private static func text(
        _ name: String, _ summary: String, _ body: @escaping @Sendable (String) throws(Diagnostic) -> String
    ) -> ScalarFunction {
        row(name, [.type(.text)], .text, summary) { (values) throws(Diagnostic) in
            guard case .text(let text) = values[0] else { return .null }
            return .text(try body(text))
        }
    }

    private static func trim(_ name: String, _ summary: String, start: Bool, end: Bool) -> ScalarFunction {
        row(name, [.type(.text), .type(.text)], optional: 1, .text, summary) { (values) throws(Diagnostic) in
            guard case .text(let text) = values[0] else { return .null }
            var removed: Set<Unicode.Scalar> = [" "]
            if values.count > 1, case .text(let given) = values[1] { removed = Set(given.unicodeScalars) }
            var scalars = text.unicodeScalars[...]
            if start { while let first = scalars.first, removed.contains(first) { scalars.removeFirst() } }
            if end { while let last = scalars.last, removed.contains(last) { scalars.removeLast() } }
            return .text(String(scalars))
        }
    }

    /// As SQLite: a negative start counts from the end; characters before the first one count too.
    private static func substring(_ name: String) -> ScalarFunction {
        row(
            name, [.type(.text), .type(.integer), .type(.integer)], optional: 1, .text,
            "the characters from a position (from the end if negative), at most so many"
        ) { (values) throws(Diagnostic) in
            guard case .text(let text) = values[0], case .integer(let start) = values[1] else { return .null }
            let length = text.unicodeScalars.count
            var count = Int.max
            if values.count > 2, case .integer(let given) = values[2] {
                if given < 0 { throw Diagnostic(.outOfRange, "\(name)() cannot take \(given) characters") }
                count = clamped(given)
            }
            // Half-open, from 0.
            var first = start > 0 ? clamped(start) - 1 : start < 0 ? length - clamped(0 &- start) : -1
            let (end, overflow) = first.addingReportingOverflow(count)
            first = max(0, first)
            let last = min(overflow ? .max : end, length)
            if first >= last { return .text("") }
            return .text(String(text.unicodeScalars.dropFirst(first).prefix(last - first)))
        }
    }

    private static func position(_ name: String) -> ScalarFunction {
        row(
            name, [.type(.text), .type(.text)], .integer, "the position of the second text in the first, 0 if not in it"
        ) {
            (values) throws(Diagnostic) in
            guard case (.text(var text), .text(let needle)) = (values[0], values[1]) else { return .null }
            if needle.isEmpty { return .integer(1) }
            let bytes = Array(needle.utf8)
            let place = text.withUTF8 { text -> Int? in
                let text = UnsafeRawBufferPointer(text)
                return ByteSearch.first(bytes, in: text, from: 0).map { end in
                    text[..<end].reduce(into: 1) { $0 += $1 & 0xC0 == 0x80 ? 0 : 1 }
                }
            }
            return .integer(Int64(place ?? 0))
        }
    }

    private static func character(_ name: String) -> ScalarFunction {
        row(name, [.type(.integer)], .text, "the character with a code point") { (values) throws(Diagnostic) in
            guard case .integer(let number) = values[0] else { return .null }
            if number == 0 { try ValueParser.checkNoNUL("\0") }
            guard number > 0, let code = UInt32(exactly: number), let scalar = Unicode.Scalar(code) else {
                throw Diagnostic(.outOfRange, "\(number) is not the code point of a character")
            }
            return .text(String(scalar))
        }
    }

    private static func codePoint(_ name: String) -> ScalarFunction {
        row(name, [.type(.text)], .integer, "the code point of the first character; NULL for an empty text") {
            (values) throws(Diagnostic) in
            guard case .text(let text) = values[0], let first = text.unicodeScalars.first else { return .null }
            return .integer(Int64(first.value))
        }
    }

    private static func format(_ name: String) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.text)], variadic: .any, returns: .type(.text),
            summary: "the text with %d, %f, %g, %e, %s, %x, %c, %q and %% replaced by the arguments",
            .row(nullIfAnyNull: false) { (values, _) throws(Diagnostic) in
                guard case .text(let format) = values[0] else { return .null }
                return .text(try TextFormatting.format(format, Array(values.dropFirst())))
            })
    }

    // MARK: Parts

    /// A count that can be used as an Int index.
    static func clamped(_ number: Int64) -> Int { number < 0 ? .max : Int(min(number, 1 << 40)) }

    static func replace(_ text: String, _ old: String, _ new: String) throws(Diagnostic) -> String {
        if old.isEmpty { return text }
        let bytes = Array(text.utf8)
        let needle = Array(old.utf8)
        let replacement = Array(new.utf8)
        var result: [UInt8] = []
        var position = 0
        try bytes.withRawBytes { (bytes) throws(Diagnostic) in
            while let hit = ByteSearch.first(needle, in: bytes, from: position) {
                result += bytes[position..<hit]
                result += replacement
                position = hit + needle.count
                try TextOperators.checkLength(result.count)
            }
            result += bytes[position...]
        }
        try TextOperators.checkLength(result.count)
        return String(decoding: result, as: UTF8.self)
    }

    private static func split(_ text: String, _ separator: String) -> [String] {
        if separator.isEmpty { return [text] }
        let bytes = Array(text.utf8)
        let needle = Array(separator.utf8)
        var parts: [String] = []
        var position = 0
        bytes.withUnsafeBytes { bytes in
            while let hit = ByteSearch.first(needle, in: bytes, from: position) {
                parts.append(String(decoding: bytes[position..<hit], as: UTF8.self))
                position = hit + needle.count
            }
            parts.append(String(decoding: bytes[position...], as: UTF8.self))
        }
        return parts
    }

    private static func join(_ values: ArraySlice<Value>, _ separator: String) throws(Diagnostic) -> String {
        var result = ""
        var isFirst = true
        for value in values where !value.isNull {
            if !isFirst { result += separator }
            isFirst = false
            result += try ValueConversion.text(of: value)
            try TextOperators.checkLength(result.utf8.count)
        }
        return result
    }

    private static func hexValue(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }

    @Sendable
    private static func characterCounts(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        var count: Int64 = 0
        for byte in bytes { count += byte & 0xC0 == 0x80 ? 0 : 1 }
        return count
    }

    @Sendable
    private static func byteCounts(_ bytes: UnsafeRawBufferPointer) -> Int64 { Int64(bytes.count) }

    private static func lengths(
        _ lane: ByteLane, _ count: Int, _ measure: (UnsafeRawBufferPointer) -> Int64
    ) -> Mapped<Int64> {
        switch lane {
        case .null: return nil
        case .single(let bytes):
            return ([Int64](repeating: bytes.withUnsafeBytes(measure), count: count), nil)
        case .values(let values, let nulls):
            let lengths = values.withAllBytes { all, offsets in
                (0..<count).map { measure(UnsafeRawBufferPointer(rebasing: all[offsets[$0]..<offsets[$0 + 1]])) }
            }
            return (lengths, nulls)
        }
    }
}
