// How names compare: ASCII letters without regard to case.

extension String {
    /// Equality of names: ASCII letters without regard to case.
    package func matches(_ other: String) -> Bool {
        utf8.count == other.utf8.count
            && zip(utf8, other.utf8).allSatisfy { $0 == $1 || ($0.asciiLowercased == $1.asciiLowercased) }
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
