// Where the test collections are, and how they are loaded.

import Foundation
import Martlet

/// Collections are not part of the package: MARTLET_DATA names their folder, else they are looked for beside it.
let dataFolder: String? = {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    let folder =
        ProcessInfo.processInfo.environment["MARTLET_DATA"]
        ?? package.deletingLastPathComponent().appending(path: "shared/data").path
    return FileManager.default.fileExists(atPath: folder + "/ir") ? folder : nil
}()

/// Whether the tests are compiled with optimisation: only then do times mean anything.
let isOptimized: Bool = {
    var isDebug = false
    assert(
        {
            isDebug = true
            return true
        }())
    return !isDebug
}()

/// A database file of one test, with one collection's documents, queries and judgements.
final class CollectionFile {
    let path: String
    private let folder: String

    init(_ collection: String) {
        folder = (dataFolder ?? "") + "/ir/" + collection
        path = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString)").path
    }

    deinit {
        for suffix in ["", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    private func copy(_ target: String, _ file: String, _ options: String = "") -> SQL {
        let quoted = "\(folder)/\(file)".replacingOccurrences(of: "'", with: "''")
        return SQL(text: "COPY \(target) FROM '\(quoted)' \(options)")
    }

    func loadDocuments(_ session: Session) throws -> Int {
        try session.execute("CREATE TABLE docs (id TEXT PRIMARY KEY, title TEXT, text TEXT)")
        return try session.execute(copy("docs (id, title, text)", "corpus.jsonl"))
    }

    /// Judgements of other queries, to learn from.
    func loadExamples(_ session: Session) throws {
        try session.execute("CREATE TABLE clicks (query TEXT, document TEXT, grade INTEGER)")
        try session.execute(copy("clicks (query, document, grade)", "qrels-train.tsv", "WITH (header = true)"))
    }

    func loadJudgements(_ session: Session) throws {
        try session.execute("CREATE TABLE queries (id TEXT PRIMARY KEY, text TEXT)")
        try session.execute("CREATE TABLE judgements (query TEXT, document TEXT, grade INTEGER)")
        try session.execute(copy("queries (id, text)", "queries.jsonl"))
        try session.execute(copy("judgements (query, document, grade)", "qrels.tsv", "WITH (header = true)"))
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body).components
    return Double(time.seconds) + Double(time.attoseconds) * 1e-18
}
