// Values for property tests.

import MartletCore

extension SeededRandom {
    mutating func value(_ type: DataType, nullOneIn: Int = 5) -> Value {
        if nullOneIn > 0, Int.random(in: 0..<nullOneIn, using: &self) == 0 { return .null }
        switch type {
        case .null: return .null
        case .boolean: return .boolean(Bool.random(using: &self))
        case .integer: return .integer(integer())
        case .timestamp: return .timestamp(integer())
        case .real:
            let special: [Double] = [0, 1, -1, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNormalMagnitude]
            return .real(
                Bool.random(using: &self)
                    ? special[Int.random(in: 0..<special.count, using: &self)]
                    : Double.random(in: -1e6...1e6, using: &self))
        case .text: return .text(text())
        case .json: return .json(text())
        case .blob: return .blob(bytes(Int.random(in: 0..<6, using: &self)))
        case .vector(let dimension, let element):
            let count = element.byteCount(dimension: dimension)
            return .vector(Vector(dimension: dimension, element: element, bytes: bytes(count)))
        }
    }

    private mutating func integer() -> Int64 {
        switch Int.random(in: 0..<4, using: &self) {
        case 0: Int64(bitPattern: next())
        case 1: [.min, .max, 0, -1, 1][Int.random(in: 0..<5, using: &self)]
        default: Int64.random(in: -300...300, using: &self)
        }
    }

    private mutating func text() -> String {
        let letters = ["", "\0", "\u{1}", "a", "b", "ä", "\u{FF}", "日"]
        return (0..<Int.random(in: 0..<5, using: &self)).map { _ in letters[Int.random(in: 0..<8, using: &self)] }
            .joined()
    }

    private mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in [0, 1, 0x7F, 0xFE, 0xFF][Int.random(in: 0..<5, using: &self)] }
    }
}

let everyType: [DataType] = [
    .boolean, .integer, .real, .text, .blob, .timestamp, .json, .vector(dimension: 3, element: .f32),
    .vector(dimension: 9, element: .bit),
]

/// The order of the language, for values of one type; NULL first.
func precedes(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.null, .null): false
    case (.null, _): true
    case (_, .null): false
    case (.boolean(let a), .boolean(let b)): !a && b
    case (.integer(let a), .integer(let b)), (.timestamp(let a), .timestamp(let b)): a < b
    case (.real(let a), .real(let b)): a < b
    case (.text(let a), .text(let b)), (.json(let a), .json(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    case (.blob(let a), .blob(let b)): a.lexicographicallyPrecedes(b)
    case (.vector(let a), .vector(let b)): a.bytes.lexicographicallyPrecedes(b.bytes)
    default: false
    }
}
