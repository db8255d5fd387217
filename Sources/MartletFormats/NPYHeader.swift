// The header of a NumPy array file (.npy, format versions 1 to 3).
//
//   | offset | bytes  | what                                                                                  |
//   | ------ | ------ | ------------------------------------------------------------------------------------- |
//   | 0      | 6      | 0x93, then `NUMPY`                                                                    |
//   | 6      | 2      | version: major, minor                                                                 |
//   | 8      | 2 or 4 | length of the text that follows, little-endian; 4 bytes from version 2 on             |
//   | …      | length | a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`   |
//   | …      |        | the elements, row by row                                                              |

import MartletCore

/// What an array file says about its elements.
struct NPYHeader: Hashable, Sendable {
    var element: NumberElement
    var isBigEndian = false
    /// Whether the elements go column by column.
    var isFortranOrder = false
    /// Of the array; empty for a single number.
    var shape: [Int]

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// More is no header that NumPy writes.
    static let textByteLimit = 1 << 20

    /// The header as bytes, 128 of them, however large the first dimension is.
    var bytes: [UInt8] {
        let order = element.byteCount == 1 ? "|" : "<"
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(order)\(element.rawValue)', 'fortran_order': False, 'shape': (\(sizes)), }"
        let length = 128 - Self.magic.count - 4
        text += String(repeating: " ", count: max(0, length - 1 - text.utf8.count)) + "\n"
        return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
    }

    init(element: NumberElement, shape: [Int]) {
        self.element = element
        self.shape = shape
    }

    /// Reads the dictionary.
    init(_ text: Span<UInt8>) throws(NPYFault) {
        var parser = LiteralParser(text: text.copied)
        var descr: String?
        var order: Bool?
        var shape: [Int]?
        try parser.expect("{")
        while !parser.accept("}") {
            let key = try parser.string()
            try parser.expect(":")
            switch key {
            case "descr": descr = try parser.descr()
            case "fortran_order": order = try parser.boolean()
            case "shape": shape = try parser.sizes()
            default: throw parser.fault("it has a key '\(key)'")
            }
            if !parser.accept(",") {
                try parser.expect("}")
                break
            }
        }
        guard parser.isAtEnd else { throw parser.fault("text follows the dictionary") }
        guard let descr, let order, let shape else { throw parser.fault("descr, fortran_order or shape is missing") }
        var name = Substring(descr)
        isBigEndian = name.hasPrefix(">")
        if let first = name.first, "<>|=".contains(first) { name = name.dropFirst() }
        guard let element = NumberElement(rawValue: String(name)) else {
            throw NPYFault(
                reason: "elements of type '\(descr)' are not read", offset: 0,
                hint: "save the array as one of \(NumberElement.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.element = element
        self.shape = shape
        isFortranOrder = order
    }
}

struct NPYFault: Error {
    var reason: String
    /// Within the dictionary.
    var offset: Int
    var hint: String?
}

/// The few literals of Python that the dictionary is made of.
private struct LiteralParser {
    let text: [UInt8]
    var position = 0

    init(text: [UInt8]) { self.text = text }

    func fault(_ reason: String) -> NPYFault { NPYFault(reason: reason, offset: position) }

    private mutating func skipWhitespace() {
        while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    var isAtEnd: Bool {
        mutating get {
            skipWhitespace()
            return position == text.count
        }
    }

    mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard position < text.count, UInt32(text[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(NPYFault) {
        if !accept(character) { throw fault("'\(character)' is expected") }
    }

    mutating func string() throws(NPYFault) -> String {
        skipWhitespace()
        guard position < text.count, text[position] == UInt8(ascii: "'") || text[position] == UInt8(ascii: "\"") else {
            throw fault("a quoted word is expected")
        }
        let quote = text[position]
        let start = position + 1
        guard let end = text[start...].firstIndex(of: quote) else { throw fault("a quote is not closed") }
        position = end + 1
        let content = text[start..<end]
        guard content.count <= 64, content.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw fault("a word is malformed")
        }
        return String(decoding: content, as: UTF8.self)
    }

    mutating func descr() throws(NPYFault) -> String {
        skipWhitespace()
        if position < text.count, text[position] == UInt8(ascii: "[") {
            throw NPYFault(
                reason: "arrays of records are not read", offset: position, hint: "save each field as an array")
        }
        return try string()
    }

    mutating func boolean() throws(NPYFault) -> Bool {
        skipWhitespace()
        for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
            position += word.utf8.count
            return value
        }
        throw fault("True or False is expected")
    }

    mutating func sizes() throws(NPYFault) -> [Int] {
        try expect("(")
        var sizes: [Int] = []
        while !accept(")") {
            skipWhitespace()
            let start = position
            var value = 0
            while position < text.count, text[position] &- 48 < 10 {
                let (product, overflow1) = value.multipliedReportingOverflow(by: 10)
                let (sum, overflow2) = product.addingReportingOverflow(Int(text[position] &- 48))
                if overflow1 || overflow2 { throw fault("a size is too large") }
                value = sum
                position += 1
            }
            if position == start { throw fault("a size is expected") }
            sizes.append(value)
            if sizes.count > 32 { throw fault("it has more than 32 dimensions") }
            if !accept(",") {
                try expect(")")
                break
            }
        }
        return sizes
    }
}
