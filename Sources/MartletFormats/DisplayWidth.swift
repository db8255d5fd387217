// How many terminal cells a text takes, and how it is made to fit.

package enum DisplayWidth {
    /// The cells of a text on one line. East Asian wide characters and emoji take two, combining marks none.
    package static func of(_ text: String) -> Int {
        var isPlain = true
        for byte in text.utf8 where byte < 0x20 || byte > 0x7E {
            isPlain = false
            break
        }
        if isPlain { return text.utf8.count }
        return text.reduce(0) { $0 + of($1) }
    }

    package static func of(_ character: Character) -> Int {
        var width = 0
        for (index, scalar) in character.unicodeScalars.enumerated() {
            if scalar.value == 0xFE0F || (index == 0 && scalar.properties.isEmojiPresentation && !isRegional(scalar)) {
                return 2
            }
            width += of(scalar)
            // Parts joined to an emoji are drawn into it.
            if scalar.value == 0x200D, width > 0 { return max(width, 1) }
        }
        return width
    }

    static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x7F { return value < 0x20 ? 0 : 1 }
        // Hangul vowels and finals join the syllable before them.
        if (0x1160...0x11FF).contains(value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator:
            return value == 0xAD ? 1 : 0
        default: return isWide(value) ? 2 : 1
        }
    }

    private static func isRegional(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

    /// The blocks whose East_Asian_Width is W or F (Unicode Standard Annex 11).
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
            0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F2FF,
            0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// The longest start of `text` within `width` cells, with `…` as its last when something is cut.
    package static func truncated(_ text: String, to width: Int) -> String {
        if of(text) <= width { return text }
        var result = ""
        var used = 1
        for character in text {
            let next = used + of(character)
            if next > width { break }
            result.append(character)
            used = next
        }
        return width > 0 ? result + "…" : ""
    }

    /// `text` on one line: control characters, line breaks and invisible direction marks as escapes.
    package static func escaped(_ text: String) -> String {
        var isPlain = true
        for byte in text.utf8 where byte < 0x20 || byte > 0x7E {
            isPlain = false
            break
        }
        if isPlain { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                result.append(contentsOf: escape(scalar).unicodeScalars)
            // Joiners, soft hyphens and tags belong to words and emoji; the others reorder or hide text.
            case .format where ![0xAD, 0x200C, 0x200D].contains(scalar.value) && scalar.value < 0xE0000:
                result.append(contentsOf: escape(scalar).unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(scalar.value, radix: 16)
            let width = scalar.value < 0x100 ? 2 : 4
            let padding = String(repeating: "0", count: max(0, width - digits.utf8.count))
            return (width == 2 ? "\\x" : "\\u") + padding + digits
        }
    }
}
