// The marked terms of a document.

import CKernels

/// Places of the last document's terms that count and have a mark. Not for use from two threads.
package final class MarkedTerms {
    /// Of each that was found, its place among the terms.
    package let places: UnsafeMutableBufferPointer<UInt32>
    /// And how many terms before it count.
    package let ordinals: UnsafeMutableBufferPointer<UInt32>

    /// - Parameter limit: the terms of a document at most.
    package init(limit: Int) {
        places = .allocate(capacity: max(1, limit))
        ordinals = .allocate(capacity: max(1, limit))
    }

    deinit {
        places.deallocate()
        ordinals.deallocate()
    }

    /// Finds the terms that count and whose number has a mark other than 0, in order, and returns how many they are. A term
    /// is twice its number, and one more if it counts. Those beyond the limit are not looked at. O(terms).
    ///
    /// - Parameter marks: a byte a number, and three more.
    /// - Precondition: the terms' numbers are within the marks; not checked number by number.
    @inline(__always)
    package func find(in terms: UnsafeBufferPointer<UInt32>, marks: UnsafeBufferPointer<UInt8>) -> Int {
        guard let from = terms.baseAddress, let marked = marks.baseAddress, let to = places.baseAddress,
            let counts = ordinals.baseAddress
        else { return 0 }
        return ck_find_marked_terms(from, min(terms.count, places.count), marked, to, counts)
    }
}
