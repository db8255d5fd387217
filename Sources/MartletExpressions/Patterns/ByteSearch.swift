// Finding a byte string in a longer one.

import MartletCore

package enum ByteSearch {
    /// The first place of `needle` at or after `start`; an empty needle is found where there is a byte.
    ///
    /// Looks at 16 places at a time for the needle's first and last byte at their distance (Muła 2016), and compares the
    /// rest only there.
    package static func first(_ needle: [UInt8], in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start + needle.count <= text.count, let base = text.baseAddress else {
            return needle.isEmpty && start < text.count ? start : nil
        }
        guard let firstByte = needle.first, let lastByte = needle.last else { return start < text.count ? start : nil }
        return needle.withUnsafeBytes { needle -> Int? in
            guard let pattern = needle.baseAddress else { return nil }
            let span = needle.count - 1
            let firsts = SIMD16<UInt8>(repeating: firstByte)
            let lasts = SIMD16<UInt8>(repeating: lastByte)
            var position = start
            while position + span + 16 <= text.count {
                let heads = base.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
                let tails = base.loadUnaligned(fromByteOffset: position + span, as: SIMD16<UInt8>.self)
                let differences = (heads ^ firsts) | (tails ^ lasts)
                let hits = unsafeBitCast(differences .== SIMD16<UInt8>(repeating: 0), to: SIMD2<UInt64>.self)
                if hits[0] | hits[1] != 0 {
                    for half in 0..<2 {
                        var word = UInt64(littleEndian: hits[half])
                        while word != 0 {
                            let byte = word.trailingZeroBitCount >> 3
                            let place = position + half * 8 + byte
                            if span < 2 || compareMemory(base + place + 1, pattern + 1, span - 1) == 0 { return place }
                            word &= ~(0xFF << UInt64(byte * 8))
                        }
                    }
                }
                position += 16
            }
            while position + needle.count <= text.count {
                if text[position] == firstByte, compareMemory(base + position, pattern, needle.count) == 0 {
                    return position
                }
                position += 1
            }
            return nil
        }
    }
}
