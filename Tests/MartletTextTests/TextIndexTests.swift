// A stored index against brute force, at every step of its life.

import Foundation
import MartletCore
import MartletStorage
import MartletText
import Testing

private let analyzerDefinition = AnalyzerDefinition(language: "none", stopwords: false)

/// A database file that is removed with the value.
final class Scratch {
    let path = NSTemporaryDirectory() + "martlet-text-\(UUID().uuidString)"
    let environment: Environment

    init() throws { environment = try Environment.open(path) }

    deinit {
        for suffix in ["", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }
}

private func key(_ rowid: Int64) -> [UInt8] {
    withUnsafeBytes(of: SeededRandom.mix(UInt64(bitPattern: rowid)).bigEndian) { Array($0) }
}

private func compare(
    _ brute: BruteForce, _ view: TransactionView, texts: inout RandomTexts, comment: Comment
) throws {
    let reader = try TextIndexReader(objectID: 7, in: view)
    #expect(reader.documentCount == brute.documents.count, comment)
    let parameters = TextParameters(weights: [2, 1])
    let searcher = try reader.searcher(parameters)
    for k in [3, 10_000] {
        let query = TextQuery(texts.text(upTo: 4) + " w0x", analyzer: brute.analyzer)
        let hits = try searcher.search(query, k: k)
        let expected = brute.search(query, parameters: parameters, k: k)
        #expect(hits.map(\.rowid) == expected.map(\.rowid), comment)
        #expect(hits.map(\.score.bitPattern) == expected.map(\.score.bitPattern), comment)
    }
}

@Suite struct TextIndexTests {
    @Test(arguments: [UInt64(1), 2, 3, 4]) func randomLivesEqualBruteForce(seed: UInt64) throws {
        let scratch = try Scratch()
        var texts = RandomTexts(seed: seed)
        let hasKeys = seed % 2 == 0
        let definition = TextIndexDefinition(analyzer: analyzerDefinition, fieldCount: 2, hasKeys: hasKeys)
        var brute = BruteForce(analyzer: try Analyzer(analyzerDefinition), fieldCount: 2)
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter.create(objectID: 7, definition: definition, in: transaction.view)
        }
        var nextRowid: Int64 = -5
        var mergeCount = 0
        for step in 0..<40 {
            var changes: [(delete: Int64?, insert: (rowid: Int64, texts: [String?])?)] = []
            for _ in 0..<Int.random(in: 1...(step % 10 == 0 ? 60 : 4), using: &texts.random) {
                let existing = brute.documents.keys.sorted().randomElement(using: &texts.random)
                let new = [texts.text(upTo: 3), texts.random.next() % 4 == 0 ? nil : texts.text(upTo: 9)]
                switch texts.random.next() % 5 {
                case 0:
                    if let existing { changes.append((existing, nil)) }
                case 1:
                    if let existing { changes.append((existing, (existing, new))) }
                default:
                    changes.append((nil, (nextRowid, new)))
                    nextRowid += 1
                }
                if let change = changes.last {
                    if let rowid = change.delete { brute.documents[rowid] = nil }
                    if let (rowid, texts) = change.insert {
                        brute.add(rowid: rowid, key: hasKeys ? key(rowid) : [], texts: texts)
                    }
                }
            }
            let planned = changes
            // On every second seed merges are left to the background: made before these changes, published after them.
            let isMergedBeside = seed > 2
            let merge =
                isMergedBeside
                ? try scratch.environment.read { (view) throws(Diagnostic) in
                    try TextIndexMerge.prepare(objectID: 7, in: view) {}
                } : nil
            try scratch.environment.write { (transaction) throws(Diagnostic) in
                let writer = try TextIndexWriter(objectID: 7, in: transaction.view)
                if isMergedBeside { writer.mergeLimitBytes = 0 }
                for change in planned {
                    if let rowid = change.delete { try writer.delete(rowid: rowid) }
                    if let (rowid, texts) = change.insert {
                        try writer.insert(rowid: rowid, key: hasKeys ? key(rowid) : nil, texts: texts)
                    }
                    // In a while, in the middle of a transaction.
                    if step % 7 == 0 { try writer.flush() }
                }
                try writer.flush()
            }
            if let merge {
                // Not if these changes emptied one of its inputs.
                let isPublished = try scratch.environment.write { (transaction) throws(Diagnostic) in
                    let isPublished = try merge.publish(in: transaction.view)
                    // Its inputs are gone.
                    #expect(try !merge.publish(in: transaction.view))
                    return isPublished
                }
                if isPublished { mergeCount += 1 }
            }
            let transaction = try scratch.environment.read()
            try compare(brute, transaction.view, texts: &texts, comment: "seed \(seed), step \(step)")
            let reader = try TextIndexReader(objectID: 7, in: transaction.view)
            #expect(reader.segments.count < 24)
            if step % 10 == 9 { try reader.integrityCheck() }
        }
        #expect((mergeCount > 0) == (seed > 2))
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter(objectID: 7, in: transaction.view).compact()
        }
        let transaction = try scratch.environment.read()
        try compare(brute, transaction.view, texts: &texts, comment: "seed \(seed), compacted")
        try TextIndexReader(objectID: 7, in: transaction.view).integrityCheck()
    }

    @Test(arguments: [1, 3]) func buildingTakesInWhatChangesMeanwhile(shards: Int) throws {
        let scratch = try Scratch()
        let definition = TextIndexDefinition(analyzer: analyzerDefinition, fieldCount: 2, hasKeys: false)
        var texts = RandomTexts(seed: 11)
        var brute = BruteForce(analyzer: try Analyzer(analyzerDefinition), fieldCount: 2)
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter.create(objectID: 7, definition: definition, building: true, in: transaction.view)
        }
        let base = (0..<120).map { (Int64($0), [texts.text(upTo: 3), texts.text(upTo: 9)]) }
        let segments = try definition.buildShards(count: shards, threads: 2) { (shard, builder) throws(Diagnostic) in
            for (rowid, texts) in base where Int(rowid) % shards == shard {
                try builder.add(rowid: rowid, texts: texts)
            }
        }
        let again = try definition.buildShards(count: shards, threads: 1) { (shard, builder) throws(Diagnostic) in
            for (rowid, texts) in base.reversed() where Int(rowid) % shards == shard {
                try builder.add(rowid: rowid, texts: texts)
            }
        }
        #expect(segments == again)
        for (rowid, texts) in base { brute.add(rowid: rowid, key: [], texts: texts) }

        // Row 5 goes, row 6 changes, row 200 comes, row 201 comes and goes, row 7 changes and goes.
        let new = [texts.text(upTo: 3), texts.text(upTo: 9)]
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            let writer = try TextIndexWriter(objectID: 7, in: transaction.view)
            try writer.delete(rowid: 5)
            for rowid: Int64 in [6, 7, 200, 201] {
                try writer.delete(rowid: rowid)
                try writer.insert(rowid: rowid, texts: new)
            }
            try writer.flush()
            try writer.delete(rowid: 201)
            try writer.delete(rowid: 7)
            try writer.flush()
        }
        for rowid: Int64 in [5, 7] { brute.documents[rowid] = nil }
        for rowid: Int64 in [6, 200] { brute.add(rowid: rowid, key: [], texts: new) }
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter(objectID: 7, in: transaction.view).publish(baseSegments: segments)
        }
        let transaction = try scratch.environment.read()
        let reader = try TextIndexReader(objectID: 7, in: transaction.view)
        #expect(!reader.isBuilding)
        try reader.integrityCheck()
        try compare(brute, transaction.view, texts: &texts, comment: "published")
    }

    @Test func aMergeOfADroppedIndexIsNotPublished() throws {
        let scratch = try Scratch()
        let definition = TextIndexDefinition(analyzer: analyzerDefinition, fieldCount: 1, hasKeys: false)
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter.create(objectID: 7, definition: definition, in: transaction.view)
            for rowid in 0..<8 {
                let writer = try TextIndexWriter(objectID: 7, in: transaction.view)
                writer.mergeLimitBytes = 0
                try writer.insert(rowid: Int64(rowid), texts: ["word"])
                try writer.flush()
                #expect(writer.isMergeDue == (rowid == 7))
            }
        }
        let merge = try #require(
            try scratch.environment.read { (view) throws(Diagnostic) in
                #expect(throws: Diagnostic.self) {
                    try TextIndexMerge.prepare(objectID: 7, in: view) { () throws(Diagnostic) in
                        throw Diagnostic(.cancelled, "stop")
                    }
                }
                return try TextIndexMerge.prepare(objectID: 7, in: view) {}
            })
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter.drop(objectID: 7, in: transaction.view)
            #expect(try !merge.publish(in: transaction.view))
        }
        try scratch.environment.read { (view) throws(Diagnostic) in
            #expect(try TextIndexMerge.prepare(objectID: 7, in: view, check: {}) == nil)
        }
    }

    @Test func droppingLeavesNothing() throws {
        let scratch = try Scratch()
        let definition = TextIndexDefinition(analyzer: analyzerDefinition, fieldCount: 1, hasKeys: false)
        let before = try scratch.environment.read { (view) throws(Diagnostic) in try view.keyCount() }
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            for objectID: UInt32 in [7, 8] {
                try TextIndexWriter.create(objectID: objectID, definition: definition, in: transaction.view)
                let writer = try TextIndexWriter(objectID: objectID, in: transaction.view)
                for rowid in 0..<20 { try writer.insert(rowid: Int64(rowid), texts: ["word\(rowid) common"]) }
                try writer.flush()
                try writer.delete(rowid: 3)
                try writer.flush()
            }
            try TextIndexWriter.drop(objectID: 7, in: transaction.view)
        }
        try scratch.environment.read { (view) throws(Diagnostic) in
            #expect(try TextIndexReader(objectID: 8, in: view).documentCount == 19)
            #expect(throws: Diagnostic.self) { try TextIndexReader(objectID: 7, in: view) }
        }
        try scratch.environment.write { (transaction) throws(Diagnostic) in
            try TextIndexWriter.drop(objectID: 8, in: transaction.view)
        }
        let after = try scratch.environment.read { (view) throws(Diagnostic) in try view.keyCount() }
        #expect(after == before)
    }
}
