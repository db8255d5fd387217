// Many rows of a snapshot looked up side by side, past LMDB, which looks up one after the other.

import CKernels
import CLMDB
package import MartletCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension TransactionView {
    private static var rowsAtOnce: Int { 256 }

    /// Whether `getRows` finds many rows side by side: not in a write transaction.
    package final var looksUpRowsTogether: Bool { pages != nil }

    /// Gives the values of the rows with these ids to `places`, nil for one that does not exist: what `get` gives for each,
    /// fastest for ids that ascend. For rows far apart in memory this takes a fraction of so many calls of `get`.
    ///
    /// - Precondition: `places` has room for all.
    /// - Throws: `noTransaction` after the transaction's end; `corrupt`.
    package final func getRows(
        _ prefix: KeyPrefix, _ rowIDs: UnsafeBufferPointer<Int64>,
        into places: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>
    ) throws(Diagnostic) {
        precondition(places.count >= rowIDs.count)
        _ = try live()
        var done = 0
        while done < rowIDs.count {
            let count = min(rowIDs.count - done, Self.rowsAtOnce)
            let batch = UnsafeBufferPointer(rebasing: rowIDs[done..<done + count])
            let found = try findRows(prefix, batch, UnsafeMutableBufferPointer(rebasing: places[done..<done + count]))
            for index in 0..<count {
                var place: PackedPlace?
                if index < found {
                    // A packed row lies elsewhere.
                    guard prefix.space == .row, let value = places[done + index], let packed = PackedPlace(value)
                    else { continue }
                    place = packed
                }
                places[done + index] = try prefix.withKey(rowNumber: batch[index]) { (key) throws(Diagnostic) in
                    guard let place else { return try get(key) }
                    return packedBlock(place.block, ofRow: key)?.row(place, suffix: Self.suffix(key))
                        ?? places[done + index]
                }
            }
            done += count
        }
    }

    /// How many of the first have what is stored under their keys in their places now, or are sure not to exist.
    private func findRows(
        _ prefix: KeyPrefix, _ rowIDs: UnsafeBufferPointer<Int64>,
        _ places: UnsafeMutableBufferPointer<UnsafeRawBufferPointer?>
    ) throws(Diagnostic) -> Int {
        guard var pages else { return 0 }
        return try prefix.withKey(rowNumber: 0) { (key) throws(Diagnostic) in
            withUnsafeTemporaryAllocation(of: ck_stored_value.self, capacity: rowIDs.count) { values in
                let prefix = key.baseAddress?.assumingMemoryBound(to: UInt8.self)
                let found = rowIDs.withMemoryRebound(to: UInt64.self) { numbers in
                    ck_page_lookup(
                        &pages, prefix, KeyNumber.bits(of: 0), numbers.baseAddress, numbers.count, values.baseAddress)
                }
                for index in 0..<found {
                    let value = UnsafeRawBufferPointer(start: values[index].bytes, count: values[index].count)
                    places[index] = value.baseAddress == nil ? nil : value
                }
                return found
            }
        }
    }
}

extension EnvironmentCore {
    /// The pages of a read transaction that has just begun; nil if they cannot be told.
    func pages(_ transaction: OpaquePointer) -> ck_page_tree? {
        guard let map = mapStart(transaction) else { return nil }
        var tree = ck_page_tree()
        return ck_page_tree_of(map, pageBytes, UInt64(mdb_txn_id(transaction)), &tree) == 1 ? tree : nil
    }

    /// Where the file's first page lies in memory. LMDB does not tell, but every page has its number.
    func findMapStart(_ transaction: OpaquePointer) -> UnsafeRawPointer? {
        // Only then do pages begin where their addresses say so.
        guard pageBytes <= Int(sysconf(Int32(_SC_PAGESIZE))) else { return nil }
        return FormatRecord.key.withUnsafeBytes { key in
            var key = MDB_val(key)
            var value = MDB_val()
            guard mdb_get(transaction, database, &key, &value) == MDB_SUCCESS, let data = value.mv_data else {
                return nil
            }
            let page = UnsafeRawPointer(bitPattern: UInt(bitPattern: data) & ~UInt(pageBytes - 1))
            guard let page, let number = Int(exactly: page.load(as: UInt64.self)), number > 1,
                number < maximumMapBytes / pageBytes
            else { return nil }
            // A damaged number would lead out of the map: the file must have this page there.
            let stored = [UInt8](unsafeUninitializedCapacity: pageBytes) { buffer, count in
                count = max(0, pread(file, buffer.baseAddress, pageBytes, off_t(number * pageBytes)))
            }
            guard stored.count == pageBytes, stored.elementsEqual(UnsafeRawBufferPointer(start: page, count: pageBytes))
            else { return nil }
            return page - number * pageBytes
        }
    }
}
