// The place behind a hit, by which AFTER goes on: stable while rows come and go.
//
// A single leg's ranking goes on by score and key, with the statistics of the first page, so that what was there then
// keeps its score. Under ORDER BY it goes on behind the keys and the row id. Fused and reranked hits have no score of their own that would last: their cursor names the rows that
// were given, and the next page is the best of the others.
//
//     u8 version 2, u8 kind (0 place, 1 rows, 2 order), u32 what the search was for, then
//       place: f64 score, i64 row id, u16 bytes of the key, the key, u8 text indexes,
//              for each u64 documents, u8 fields, u64 × fields, u32 terms, u32 × terms,
//              u16 words of a row that are looked for, for each u16 bytes, the bytes
//       rows:  u32 rows, i64 × rows, ascending
//       order: u32 bytes, the bytes
//     all little-endian, at the end u32 CRC-32C of all before; written as hexadecimal digits

import MartletCore
import MartletKernels
import MartletText

struct SearchCursor: Hashable {
    /// A place in one ranking, between two hits.
    struct Place: Hashable {
        var score: Double
        var rowID: Int64
        /// The primary key in order-preserving form; empty where the row id is the key.
        var key: [UInt8]
    }

    enum Position: Hashable {
        case behind(Place, statistics: [TextStatistics])
        /// The rows that earlier pages gave, ascending.
        case without([Int64])
        /// The keys of ORDER BY and the row id in order-preserving form.
        case inOrder([UInt8])
    }

    /// A checksum of what was searched for: a cursor fits its own search only.
    var search: UInt32
    var position: Position

    private static let version: UInt8 = 2
    /// More rows than can be paged through.
    private static let rowLimit = Limits.searchResults

    /// The text that RETURN gives.
    var text: String {
        var bytes: [UInt8] = [Self.version]
        func append(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }
        switch position {
        case .behind(let place, let statistics):
            append(UInt8(0))
            append(search)
            append(place.score.bitPattern)
            append(place.rowID)
            append(UInt16(clamping: place.key.count))
            bytes.append(contentsOf: place.key)
            append(UInt8(clamping: statistics.count))
            for part in statistics {
                append(UInt64(part.documentCount))
                append(UInt8(clamping: part.totalLengths.count))
                for total in part.totalLengths { append(total) }
                append(UInt32(clamping: part.frequencies.count))
                for frequency in part.frequencies { append(UInt32(clamping: frequency)) }
                let terms = part.terms ?? []
                append(UInt16(clamping: terms.count))
                for term in terms {
                    append(UInt16(clamping: term.count))
                    bytes.append(contentsOf: term)
                }
            }
        case .without(let rowIDs):
            append(UInt8(1))
            append(search)
            append(UInt32(clamping: rowIDs.count))
            for rowID in rowIDs { append(rowID) }
        case .inOrder(let place):
            append(UInt8(2))
            append(search)
            append(UInt32(clamping: place.count))
            bytes.append(contentsOf: place)
        }
        append(Checksum.crc32c(bytes))
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// nil if the text is not one that `text` gives.
    init?(_ text: String) {
        guard let bytes = Self.bytes(text), bytes.count > 10, bytes[0] == Self.version else { return nil }
        var rest = bytes.dropLast(4)[...]
        var end = bytes.suffix(4)
        guard Checksum.crc32c(Array(rest)) == Self.take(UInt32.self, &end) else { return nil }
        rest.removeFirst()
        guard let kind = Self.take(UInt8.self, &rest), let search = Self.take(UInt32.self, &rest) else { return nil }
        self.search = search
        switch kind {
        case 0:
            guard let place = Self.place(&rest), let statistics = Self.statistics(&rest) else { return nil }
            position = .behind(place, statistics: statistics)
        case 1:
            guard let count = Self.take(UInt32.self, &rest), count <= Self.rowLimit, rest.count == 8 * Int(count) else {
                return nil
            }
            var rowIDs: [Int64] = []
            while let rowID = Self.take(Int64.self, &rest) {
                if let last = rowIDs.last, last >= rowID { return nil }
                rowIDs.append(rowID)
            }
            position = .without(rowIDs)
        case 2:
            guard let count = Self.take(UInt32.self, &rest), rest.count == Int(count) else { return nil }
            position = .inOrder(Array(rest))
            rest = []
        default: return nil
        }
        guard rest.isEmpty else { return nil }
    }

    init(search: UInt32, position: Position) {
        self.search = search
        self.position = position
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count % 2 == 0 else { return nil }
        func value(_ digit: UInt8) -> UInt8? {
            switch digit {
            case 48...57: digit - 48
            case 97...102: digit - 87
            default: nil
            }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for place in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[place]), let low = value(digits[place + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func take<T: FixedWidthInteger>(_ type: T.Type, _ bytes: inout ArraySlice<UInt8>) -> T? {
        let size = MemoryLayout<T>.size
        guard bytes.count >= size else { return nil }
        let number = bytes.prefix(size).withUnsafeBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
        bytes.removeFirst(size)
        return number
    }

    private static func place(_ bytes: inout ArraySlice<UInt8>) -> Place? {
        guard let score = take(UInt64.self, &bytes), let rowID = take(Int64.self, &bytes),
            let keyBytes = take(UInt16.self, &bytes), bytes.count >= Int(keyBytes)
        else { return nil }
        let key = Array(bytes.prefix(Int(keyBytes)))
        bytes.removeFirst(Int(keyBytes))
        let number = Double(bitPattern: score)
        return number.isNaN ? nil : Place(score: number, rowID: rowID, key: key)
    }

    private static func statistics(_ bytes: inout ArraySlice<UInt8>) -> [TextStatistics]? {
        guard let count = take(UInt8.self, &bytes) else { return nil }
        var result: [TextStatistics] = []
        for _ in 0..<count {
            guard let documents = take(UInt64.self, &bytes), documents <= UInt32.max,
                let fields = take(UInt8.self, &bytes)
            else { return nil }
            var totals: [UInt64] = []
            for _ in 0..<fields {
                guard let total = take(UInt64.self, &bytes) else { return nil }
                totals.append(total)
            }
            guard let terms = take(UInt32.self, &bytes), bytes.count >= 4 * Int(terms) else { return nil }
            var frequencies: [Int] = []
            for _ in 0..<terms {
                guard let frequency = take(UInt32.self, &bytes), frequency <= documents else { return nil }
                frequencies.append(Int(frequency))
            }
            guard let words = Self.words(&bytes) else { return nil }
            var statistics = TextStatistics(
                documentCount: Int(documents), totalLengths: totals, frequencies: frequencies)
            if !words.isEmpty { statistics.terms = words }
            result.append(statistics)
        }
        return result
    }

    private static func words(_ bytes: inout ArraySlice<UInt8>) -> [[UInt8]]? {
        guard let count = take(UInt16.self, &bytes) else { return nil }
        var words: [[UInt8]] = []
        for _ in 0..<count {
            guard let length = take(UInt16.self, &bytes), bytes.count >= Int(length) else { return nil }
            words.append(Array(bytes.prefix(Int(length))))
            bytes.removeFirst(Int(length))
        }
        return words
    }
}
