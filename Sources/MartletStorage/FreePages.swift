// Free pages that lie side by side, so that a small commit is one write.
//
// A commit takes as many free pages as it replaces, and frees those for a later one: the same few sets of pages take
// turns. After a bulk load LMDB has hardly any free pages, and the first sets are made of pages from all over the file,
// each of which is then a write of its own, for ever. A large file with few free pages gets a stretch of them: a value
// of so many pages, taken away again by the commit after that.

import CLMDB
import MartletCore

extension WriteView {
    private static let stretchPages = 64
    /// Lists of free pages, one for each commit that freed some, below which there is need of more.
    private static let enoughLists = 8
    /// So many commits turn a stretch into lists.
    private static let patienceCommits = 32
    /// Smaller files are not made larger.
    private static let leastFilePages = 4_096
    private static let stretchKey = KeyWriter(KeyPrefix(.format, 1))

    /// Called before the commit of a transaction that is not nested.
    func keepFreePagesTogether() throws(Diagnostic) {
        let transaction = try live()
        guard generation > 0, transactionID >= core.nextStretch else { return }
        // The tree of free pages.
        var lists = MDB_stat()
        var information = MDB_envinfo()
        mdb_env_info(core.environment, &information)
        guard mdb_stat(transaction, 0, &lists) == MDB_SUCCESS, lists.ms_entries < Self.enoughLists else { return }
        if try delete(Self.stretchKey) {
            core.nextStretch = transactionID + Self.patienceCommits
            return
        }
        let pages = information.me_last_pgno
        guard pages >= Self.leastFilePages, pages < information.me_mapsize / core.pageBytes / 2 else { return }
        let pageHeaderBytes = 16
        try put(Self.stretchKey, reserving: Self.stretchPages * core.pageBytes - pageHeaderBytes) { _ in }
    }
}
