// Words as they are written.

/// What is between white space, less punctuation at its ends: capitals, accents and endings tell words apart here that are
/// one term. Names of things are often written in one way alone.
package enum WrittenWords {
    /// Words of a text beyond so many are not looked at.
    package static let limit = 256

    /// A number for each word, in order. O(bytes).
    package static func hashes(_ text: String) -> [UInt32] {
        var text = text
        return text.withUTF8 { bytes in
            var hashes: [UInt32] = []
            var at = 0
            while at < bytes.count, hashes.count < limit {
                while at < bytes.count, isSpace(bytes[at]) { at += 1 }
                var start = at
                while at < bytes.count, !isSpace(bytes[at]) { at += 1 }
                var end = at
                while start < end, isPunctuation(bytes[start]) { start += 1 }
                while start < end, isPunctuation(bytes[end - 1]) { end -= 1 }
                if start < end { hashes.append(hash(UnsafeBufferPointer(rebasing: bytes[start..<end]))) }
            }
            return hashes
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte <= 32 }

    /// Of ASCII.
    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 33...47, 58...64, 91...96, 123...127: true
        default: false
        }
    }

    /// FNV-1a, with its upper half folded into the lower.
    private static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in word { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
