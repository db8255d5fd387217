// Letters without their case, for ILIKE and case-insensitive regular expressions.

import MartletCore

enum CaseFolding {
    /// Simple lower case, character by character; characters whose lower case is longer than one are kept.
    static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar.value < 128 {
            return scalar.value >= 65 && scalar.value <= 90 ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar
        }
        let lower = scalar.properties.lowercaseMapping.unicodeScalars
        guard let first = lower.first, lower.count == 1 else { return scalar }
        return first
    }

    static func folded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(folded(scalar)) }
        return String(result)
    }

    static func folded(_ column: ByteColumn) -> ByteColumn {
        var result = ByteColumn(reserving: column.count, bytes: column.bytes.count)
        for row in 0..<column.count {
            let bytes = column[row]
            if bytes.allSatisfy({ $0 < 128 }) {
                result.append(bytes.lazy.map { $0 >= 65 && $0 <= 90 ? $0 | 32 : $0 })
            } else {
                result.append(folded(column.string(at: row)))
            }
        }
        return result
    }
}
