// Is this UTF-8?

enum UTF8Check {
    /// The first byte that is not part of a well-formed sequence (Unicode 15, table 3-7); nil when there is none.
    static func firstInvalid(in bytes: [UInt8], _ start: Int, _ end: Int) -> Int? {
        var index = start
        while index < end {
            let first = bytes[index]
            if first < 0x80 {
                index += 1
                continue
            }
            let count: Int
            var low: UInt8 = 0x80
            var high: UInt8 = 0xBF
            switch first {
            case 0xC2...0xDF: count = 2
            case 0xE0: (count, low) = (3, 0xA0)
            case 0xED: (count, high) = (3, 0x9F)
            case 0xE1...0xEF: count = 3
            case 0xF0: (count, low) = (4, 0x90)
            case 0xF4: (count, high) = (4, 0x8F)
            case 0xF1...0xF3: count = 4
            default: return index
            }
            guard index + count <= end, bytes[index + 1] >= low, bytes[index + 1] <= high else { return index }
            for offset in 2..<max(count, 2) where bytes[index + offset] & 0xC0 != 0x80 { return index }
            index += count
        }
        return nil
    }
}
