// PRAGMA integrity_check, the storage layer's part, and figures about the file.

import CLMDB
package import MartletCore

/// Figures about the file, for system tables.
package struct PageStatistics: Hashable, Sendable {
    package var pageBytes: Int
    package var mapBytes: Int
    /// Up to the last page in use, free pages among them.
    package var usedBytes: Int
    package var keyCount: Int
    package var depth: Int
    package var branchPages: Int
    package var leafPages: Int
    package var overflowPages: Int
    /// Reader slots in use, of all processes.
    package var readerCount: Int
    package var maximumReaders: Int
    package var lastTransactionID: Int
}

/// Looks at one entry: a layer above checks what it stored. Returns what is wrong, or nil.
package typealias EntryCheck = (_ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> String?

extension Environment {
    /// Checks the whole file as of the last commit: every page and its place, the format record, the order of all
    /// keys, and each entry by the check given for its key space. O(bytes of the file).
    ///
    /// - Returns: what is wrong, in words; empty if nothing is.
    package func integrityCheck(_ checks: [KeySpace: EntryCheck] = [:]) throws(Diagnostic) -> [String] {
        let transaction: ReadTransaction = try read()
        let view = transaction.view
        // LMDB would follow damaged pages.
        let damage = damagedPages(view.transactionID)
        if !damage.isEmpty { return damage }
        var problems: [String] = []
        do throws(Diagnostic) {
            try FormatRecord.check(view)
        } catch {
            problems.append(error.message)
        }
        var cursor = try view.cursor()
        var previous: [UInt8] = []
        var count = 0
        while try cursor.next(), problems.count < 100 {
            let key = cursor.key
            if count > 0, !previous.lexicographicallyPrecedes(key) { problems.append("entry \(count) is out of order") }
            if let prefix = KeyPrefix(of: key) {
                if let problem = checks[prefix.space]?(key, cursor.value) { problems.append(problem) }
            } else {
                problems.append("entry \(count) has a key of \(key.count) bytes")
            }
            previous.removeAll(keepingCapacity: true)
            previous.append(contentsOf: key)
            count += 1
        }
        let expected = try view.keyCount()
        if count != expected, problems.isEmpty { problems.append("\(count) entries instead of \(expected)") }
        return problems
    }

    /// Checks the pages of the last commit alone, without a read through LMDB, which trusts them. O(pages).
    package func damagedPages() throws(Diagnostic) -> [String] {
        let transaction: ReadTransaction = try read()
        return damagedPages(transaction.view.transactionID)
    }

    private func damagedPages(_ transactionID: Int) -> [String] {
        var walker = PageWalker(file: core.file, pageBytes: core.pageBytes)
        // A reader's own commit has its meta page until the second commit after it; without it the walk is skipped.
        return walker.walk(transactionID: transactionID) ?? []
    }

    package func pageStatistics() throws(Diagnostic) -> PageStatistics {
        let transaction: ReadTransaction = try read()
        var tree = MDB_stat()
        try StorageError.check(mdb_stat(try transaction.view.live(), core.database, &tree), "read")
        var information = MDB_envinfo()
        mdb_env_info(core.environment, &information)
        return PageStatistics(
            pageBytes: core.pageBytes, mapBytes: information.me_mapsize,
            usedBytes: (information.me_last_pgno + 1) * core.pageBytes, keyCount: tree.ms_entries,
            depth: Int(tree.ms_depth), branchPages: tree.ms_branch_pages, leafPages: tree.ms_leaf_pages,
            overflowPages: tree.ms_overflow_pages, readerCount: Int(information.me_numreaders),
            maximumReaders: Int(information.me_maxreaders), lastTransactionID: information.me_last_txnid)
    }
}
