// What a Unicode scalar does in a word.

/// A scalar's part in words, after the rules of UAX #29 as far as a search index needs them.
struct ScalarClass {
    enum Kind: UInt8 {
        case separator
        /// Letters, digits and numerals.
        case letter
        /// A mark on the letter before it.
        case mark
        /// Invisible inside words: soft hyphen, joiners.
        case ignorable
        /// Joins two letters.
        case apostrophe
        /// Scripts written without spaces, searched by pairs.
        case ideograph
    }

    var kind: Kind
    /// The scalar in small letters.
    var lower: [UInt32]

    init(of scalar: Unicode.Scalar) {
        let value = scalar.value
        lower = [value]
        switch value {
        case 0x27, 0x2019, 0x02BC: kind = .apostrophe
        case 0xAD, 0x200C, 0x200D, 0x2060, 0xFEFF: kind = .ignorable
        case 0xFF10...0xFF19, 0xFF41...0xFF5A:
            // Full-width digits and small letters.
            kind = .letter
            lower = [value - 0xFEE0]
        case 0xFF21...0xFF3A:
            kind = .letter
            lower = [value - 0xFEE0 + 0x20]
        case 0x1100...0x11FF, 0x3005, 0x3040...0x3096, 0x309D...0x309F, 0x30A1...0x30FA, 0x30FC...0x318F,
            0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA960...0xA97F, 0xAC00...0xD7FB, 0xF900...0xFAFF,
            0xFF66...0xFFDC, 0x1_B000...0x1_B16F, 0x2_0000...0x3_FFFD:
            kind = .ideograph
        default:
            let properties = scalar.properties
            switch properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: kind = .mark
            case .decimalNumber, .letterNumber, .otherNumber: kind = .letter
            default: kind = properties.isAlphabetic ? .letter : .separator
            }
            if kind == .letter, properties.changesWhenLowercased {
                lower = properties.lowercaseMapping.unicodeScalars.map(\.value)
            }
        }
    }
}
