// How names compare: ASCII letters without regard to case.

extension String {
    /// Equality of names: ASCII letters without regard to case.
    package func matches(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var position = other.utf8.startIndex
        for byte in utf8 {
            let otherByte = other.utf8[position]
            if byte != otherByte, byte.asciiLowercased != otherByte.asciiLowercased { return false }
            other.utf8.formIndex(after: &position)
        }
        return true
    }

    /// The form under which a name is looked up.
    package var foldedName: String {
        utf8.contains { $0 >= 65 && $0 <= 90 }
            ? String(decoding: utf8.map(\.asciiLowercased), as: UTF8.self) : self
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 { self >= 65 && self <= 90 ? self + 32 : self }
}
