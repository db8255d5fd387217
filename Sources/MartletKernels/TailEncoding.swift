// The postings of a term that do not fill a block, as numbers of few bits.

import CKernels

package enum TailEncoding {
    /// The bytes that a tail may take: fewer postings than a block.
    package static func roomBytes(fieldCount: Int) -> Int { BlockPacking.blockCount * 5 * (1 + fieldCount) + 1 }

    /// Encodes postings, the frequencies of a document following each other; the bytes written.
    ///
    /// - Precondition: fewer postings than a block, and room for ``roomBytes(fieldCount:)``.
    package static func encode(
        documents: UnsafeBufferPointer<UInt32>, frequencies: UnsafeBufferPointer<UInt32>, after previous: UInt32,
        fieldCount: Int, defaultField: Int, into room: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(documents.count < BlockPacking.blockCount && frequencies.count >= documents.count * fieldCount)
        precondition(room.count >= roomBytes(fieldCount: fieldCount))
        guard !documents.isEmpty, let source = documents.baseAddress, let own = frequencies.baseAddress,
            let target = room.baseAddress
        else { return 0 }
        return ck_encode_tail(
            source, own, documents.count, previous, fieldCount, defaultField,
            target.assumingMemoryBound(to: UInt8.self))
    }

    /// Decodes `count` postings; the bytes taken, nil if they are damaged.
    ///
    /// - Precondition: `frequencies` has `stride` numbers for each field.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, count: Int, after previous: UInt32, documentCount: Int,
        fieldCount: Int, defaultField: Int, documents: UnsafeMutableBufferPointer<UInt32>,
        frequencies: UnsafeMutableBufferPointer<UInt32>, stride: Int
    ) -> Int? {
        precondition(count <= documents.count && count <= stride && frequencies.count >= stride * fieldCount)
        guard offset >= 0, offset < bytes.count, let source = bytes.baseAddress, let target = documents.baseAddress,
            let frequenciesStart = frequencies.baseAddress
        else { return nil }
        let taken = ck_decode_tail(
            (source + offset).assumingMemoryBound(to: UInt8.self), bytes.count - offset, count, previous,
            UInt32(clamping: documentCount), fieldCount, defaultField, target, frequenciesStart, stride)
        return taken == 0 ? nil : taken
    }
}
