// The bytes of a text segment.
//
// All numbers are little-endian; sections begin at multiples of eight from the segment's start. Nothing is aligned for
// the processor: a small value may lie anywhere in the map.
//
//     header, 32 bytes
//       0  u32  magic "MTSG"
//       4  u16  format version, 3
//       6  u16  flags: 1 = documents have keys, 2 = words have positions
//       8  u32  documents
//      12  u32  terms
//      16  u16  fields, 1...64
//      18  u16  default field: the one with the largest total length, the first of equals
//      20  u32  slots of the hash table, at least one more than terms
//      24  u64  bytes of the whole segment
//     section table, 24 bytes a section
//       0  u64  offset,  8  u64  length,  16  u32  CRC-32C of the section,  20  u32  0
//     then u32 CRC-32C of all before, u32 0
//
//     section          content; N is an array of numbers as in FixedWidthNumbers
//      0 rowids        N: one a document; documents are in the order of their primary keys: ordinal order breaks ties
//      1 rowOrder      N: the ordinals by ascending rowid; of no number when documents have no keys (identity)
//      2 keyOffsets    N: documents + 1 places in keyBytes; of no number without keys
//      3 keyBytes      the memcomparable primary keys
//      4 lengths       N: one a document, for each field: the number of its tokens, without words of one character
//      5 totals        u64 a field: the sum of its lengths
//      6 termOffsets   N: terms + 1 places in termBytes
//      7 termBytes     the terms, ascending
//      8 termHash      N: term + 1 or 0 for each slot; open addressing from slot ⌊hash · slots / 2³²⌋ on, with the hash of
//                      ByteStringTable
//      9 termRecords   a term: u32 document frequency, u32 offset into postings
//     10 postings      below
//     11 forwardOffsets N: documents + 1 places in forward
//     12 forward       a document's terms: gaps of their ascending ranks as varints (the first from -1)
//     13 termRanks     N: the term ordinals by falling document frequency, then ascending: frequent terms have low ranks
//     14 positionStarts N: one a term into positions; of no number without positions
//     15 positions     below
//
//     postings of a term with document frequency n: floor(n / 128) blocks, then a tail of n mod 128.
//     If there is a block, block records come first, one a block and one for a tail that is not empty:
//       u32 last document, u32 offset of the block's bytes from the end of the records, u8 bits of a document gap,
//       then for each field: u8 bits of a frequency, u16 highest frequency (65535: or more), u16 lowest length of a
//       document of the block (65535: or more). These bound the score of any document of the block.
//     A block: 128 document gaps (from the last document of the block before, or 0), then for each field 128
//       frequencies, bit-packed (`BlockPacking`). With a single field, frequencies are stored less one.
//     A tail: the postings as in `TailEncoding`, those with frequency 1 in the default field and 0 in the others being
//       the cheapest.
//     positions of a term: if there is a block, u32 a block and one for a tail that is not empty: where its positions begin,
//       from the end of these; then for each posting and field the gaps of the word's places as varints (the first from -1).
//       A place is a number of indexed words before: stop words do not count.

import MartletCore

enum SegmentFormat {
    static let magic: UInt32 = 0x4753_544D
    static let version: UInt16 = 3
    static let hasKeysFlag: UInt16 = 1
    static let hasPositionsFlag: UInt16 = 2
    static let headerBytes = 32
    static let sectionRecordBytes = 24
    static let maximumFieldCount = 64
    static let blockCount = 128

    enum Section: Int, CaseIterable {
        case rowids, rowOrder, keyOffsets, keyBytes, lengths, totals, termOffsets, termBytes, termHash, termRecords
        case postings, forwardOffsets, forward, termRanks, positionStarts, positions
    }

    static var bodyStart: Int { headerBytes + sectionRecordBytes * Section.allCases.count + 8 }

    /// The bytes of one block record.
    static func blockRecordBytes(fieldCount: Int) -> Int { 9 + 5 * fieldCount }

    /// The slots of the hash table: three of four are in use.
    static func hashSlots(termCount: Int) -> Int { termCount + termCount / 3 + 1 }

    /// Where the search for a term begins.
    @inline(__always)
    static func hashSlot(_ hash: UInt32, of slots: Int) -> Int { Int((UInt64(hash) &* UInt64(slots)) >> 32) }
}
