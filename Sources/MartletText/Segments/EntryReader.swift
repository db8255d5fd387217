// A document's terms with their frequencies, as they wait for becoming postings.

/// Reads them from few bytes: for each term a number, term · 2 + s, where s = 1 says that one field alone has it, once. With
/// s = 1 and several fields the field follows, with s = 0 the frequency in each field. Numbers have seven bits a byte,
/// lowest first.
///
/// Only for bytes that ``append(_:_:fieldCount:to:)`` made; must not outlive them.
struct EntryReader {
    private var place: UnsafePointer<UInt8>
    private let end: UnsafePointer<UInt8>
    private var isSimple = false

    init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
        precondition(range.upperBound <= bytes.count)
        // Buffers of numbers have memory even when they are empty.
        let start = bytes.baseAddress.unsafelyUnwrapped
        place = start + range.lowerBound
        end = start + range.upperBound
    }

    /// The next term; its frequencies must then be read or skipped.
    @inline(__always)
    mutating func next(fieldCount: Int) -> Int? {
        if place == end { return nil }
        let code = number()
        isSimple = code & 1 != 0
        return Int(code >> 1)
    }

    /// - Precondition: there is room for a number a field.
    @inline(__always)
    mutating func readFrequencies(fieldCount: Int, into frequencies: UnsafeMutablePointer<UInt32>) {
        if isSimple {
            var only = 0
            if fieldCount > 1 {
                only = Int(place.pointee)
                place += 1
            }
            for field in 0..<fieldCount { frequencies[field] = field == only ? 1 : 0 }
        } else {
            for field in 0..<fieldCount { frequencies[field] = UInt32(truncatingIfNeeded: number()) }
        }
    }

    /// The field that alone has the term, once; nil if it is not so, and nothing is read.
    @inline(__always)
    mutating func readSimpleField(fieldCount: Int) -> Int? {
        guard isSimple else { return nil }
        guard fieldCount > 1 else { return 0 }
        let field = Int(place.pointee)
        place += 1
        return field
    }

    @inline(__always)
    mutating func skipFrequencies(fieldCount: Int) {
        if isSimple {
            if fieldCount > 1 { place += 1 }
        } else {
            for _ in 0..<fieldCount { _ = number() }
        }
    }

    @inline(__always)
    private mutating func number() -> UInt64 {
        var byte = place.pointee
        place += 1
        var value = UInt64(byte & 0x7F)
        var shift: UInt64 = 7
        while byte >= 0x80 {
            byte = place.pointee
            place += 1
            value |= UInt64(byte & 0x7F) << shift
            shift += 7
        }
        return value
    }

    // MARK: Writing

    /// Appends a document's terms; the frequencies of a term follow each other.
    static func append(
        _ terms: UnsafeBufferPointer<Int32>, _ frequencies: UnsafeBufferPointer<UInt32>, fieldCount: Int,
        to bytes: inout NumberBuffer<UInt8>
    ) {
        precondition(fieldCount <= 256 && frequencies.count == terms.count * fieldCount)
        guard let frequencies = frequencies.baseAddress else { return }
        bytes.append(atMost: terms.count * 5 * (1 + fieldCount)) { start in
            var place = start
            for entry in 0..<terms.count {
                let own = frequencies + entry * fieldCount
                var only = 0
                var isSimple = true
                var fields = 0
                for field in 0..<fieldCount where own[field] > 0 {
                    only = field
                    fields += 1
                    if own[field] > 1 { isSimple = false }
                }
                isSimple = isSimple && fields == 1
                place.put(varint: UInt64(UInt32(bitPattern: terms[entry])) << 1 | (isSimple ? 1 : 0))
                if isSimple {
                    if fieldCount > 1 {
                        place.pointee = UInt8(truncatingIfNeeded: only)
                        place += 1
                    }
                } else {
                    for field in 0..<fieldCount { place.put(varint: UInt64(own[field])) }
                }
            }
            return place - start
        }
    }
}
