// What a Unicode scalar does in a word.

/// A scalar's part in words: the classes of UAX #29, less what a search index has no use for.
struct ScalarClass {
    enum Kind: UInt8 {
        case separator
        /// Letters and numerals that are no decimal digits.
        case letter
        case digit
        /// A mark on the letter before it.
        case mark
        /// Invisible inside words: soft hyphen, joiners.
        case ignorable
        /// Joins letters, digits and its like: the underscore.
        case connector
        /// Joins two letters, or two digits.
        case apostrophe
        /// Joins two letters: the middle dot.
        case midLetter
        /// Joins two digits: full stop and comma.
        case midNumber
        /// Scripts written without spaces, searched by pairs.
        case ideograph
    }

    var kind: Kind
    /// The scalar in small letters.
    var lower: [UInt32]

    /// - Parameter edition: of the analyzer's definition.
    init(of scalar: Unicode.Scalar, edition: Int) {
        let value = scalar.value
        lower = [value]
        switch value {
        case 0x27, 0x2019, 0x02BC:
            kind = .apostrophe
            return
        case 0xAD, 0x200C, 0x200D, 0x2060, 0xFEFF:
            kind = .ignorable
            return
        case 0xFF10...0xFF19:
            // Full-width digits, then letters.
            kind = edition == 1 ? .letter : .digit
            lower = [value - 0xFEE0]
            return
        case 0xFF41...0xFF5A:
            kind = .letter
            lower = [value - 0xFEE0]
            return
        case 0xFF21...0xFF3A:
            kind = .letter
            lower = [value - 0xFEE0 + 0x20]
            return
        default:
            if Self.isIdeograph(value) {
                kind = .ideograph
                return
            }
        }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: kind = .mark
        case .decimalNumber: kind = edition == 1 ? .letter : .digit
        case .letterNumber, .otherNumber: kind = .letter
        default: kind = properties.isAlphabetic ? .letter : .separator
        }
        if edition > 1 {
            if kind != .digit, Self.isOfUnspacedScript(value) { kind = .ideograph }
            if kind == .separator { kind = Self.punctuation(value) }
        }
        if kind == .letter, properties.changesWhenLowercased {
            lower = properties.lowercaseMapping.unicodeScalars.map(\.value)
        }
    }

    private static func isIdeograph(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x11FF, 0x3005, 0x3040...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x318F,
            0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FB, 0xF900...0xFAFF,
            0xFF66...0xFFDC, 0x1_B000...0x1_B16F, 0x2_0000...0x3_FFFD:
            true
        default: false
        }
    }

    /// Thai, Lao, Myanmar, Khmer: letters and vowel signs.
    private static func isOfUnspacedScript(_ value: UInt32) -> Bool {
        switch value {
        case 0x0E01...0x0E3A, 0x0E40...0x0E4E, 0x0E81...0x0ECD, 0x1000...0x103F, 0x1780...0x17D3: true
        default: false
        }
    }

    /// Full stop and colon separate letters here, where UAX #29 joins them: what stands at both ends of a missing space, or
    /// in an address, is found by itself.
    private static func punctuation(_ value: UInt32) -> Kind {
        switch value {
        case 0x5F, 0x203F, 0x2040, 0x2054, 0xFE33, 0xFE34, 0xFE4D...0xFE4F, 0xFF3F: .connector
        case 0x2018, 0xFF07: .apostrophe
        case 0xB7, 0x0387, 0x055F, 0x05F4, 0x2027: .midLetter
        case 0x2E, 0x2024, 0xFE52, 0xFF0E, 0x2C, 0x3B, 0x037E, 0x0589, 0x060C, 0x060D, 0x066C, 0x07F8, 0x2044, 0xFE10,
            0xFE14, 0xFE50, 0xFE54,
            0xFF0C, 0xFF1B:
            .midNumber
        default: .separator
        }
    }
}
