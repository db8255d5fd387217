// Training and searching a retriever over a made collection.

import MartletCore
import MartletRetrieval
import MartletText
import Testing

@Suite struct RetrievalModelTests {
    @Test func sameBytesForAnyNumberOfThreads() throws {
        let world = World()
        let one = try world.train(threads: 1, examples: true).model.serialized()
        #expect(try world.train(threads: 3, examples: true).model.serialized() == one)
        var other = RetrievalTrainingOptions()
        other.seed = 7
        other.leadWeight = 3
        let reseeded = try world.train(other, examples: true).model.serialized()
        #expect(reseeded != one)
    }

    @Test func bytesGiveTheSameModelBack() throws {
        let world = World()
        for examples in [false, true] {
            let model = try world.train(threads: 2, examples: examples).model
            let bytes = model.serialized()
            let back = try RetrievalModel(bytes: bytes)
            #expect(back.serialized() == bytes)
            let rows = try world.search(model, "alpha entity3 remedy")
            #expect(!rows.isEmpty)
            #expect(try world.search(back, "alpha entity3 remedy").map(\.rowID) == rows.map(\.rowID))
        }
    }

    @Test func damagedBytesAreErrors() throws {
        let bytes = try World().train(threads: 1, examples: true).model.serialized()
        for length in [0, 3, 12, bytes.count / 2, bytes.count - 1] {
            #expect(throws: Diagnostic.self) { try RetrievalModel(bytes: Array(bytes[0..<length])) }
        }
        for place in stride(from: 0, to: bytes.count, by: bytes.count / 97) {
            var damaged = bytes
            damaged[place] ^= 0x41
            #expect(throws: Diagnostic.self) { try RetrievalModel(bytes: damaged) }
        }
    }

    @Test func bytesOfAnOlderFormatSayWhatToDo() throws {
        var bytes = try World().train(threads: 1, examples: false).model.serialized()
        for (version, code) in [(UInt8(2), ErrorCode.olderFormat), (99, .newerFormat)] {
            bytes[4] = version
            let error = #expect(throws: Diagnostic.self) { try RetrievalModel(bytes: bytes) }
            #expect(error?.code == code)
            #expect(version == 99 || error?.hint?.contains("TRAIN") == true)
        }
    }

    /// Questions use words that the documents have not; only examples tell what they ask for.
    @Test func examplesTeachWhatWordsDoNot() throws {
        let world = World()
        let (model, report) = try world.train(threads: 2, examples: true)
        #expect(model.rankingMethod == .ranked)
        let base = try #require(report.base)
        let mixed = try #require(report.mixed)
        #expect(mixed.nDCG > base.nDCG + 0.1)
        let plain = try world.train(threads: 2, examples: false).model
        #expect(plain.rankingMethod == .base)
        #expect(try world.precision(model) > world.precision(plain) + 0.1)
    }

    @Test func documentsChangedSinceAreRankedByWhatTheySay() throws {
        let world = World()
        let model = try world.train(threads: 2, examples: true).model
        var changed = world
        changed.replace(5, with: ["zebra", "zebra crossing in the fog of alpha"])
        changed.documents.append(RetrievalDocument(rowID: 9_000, texts: ["fog", "a zebra in the fog"]))
        let rows = try changed.search(model, "zebra fog")
        #expect(Set(rows.prefix(2).map(\.rowID)) == [5, 9_000])
    }

    @Test func oddQueriesAndCollections() throws {
        let world = World()
        let model = try world.train(threads: 1, examples: true).model
        #expect(try world.search(model, "").isEmpty)
        #expect(try world.search(model, "qqqq").isEmpty)
        #expect(try world.search(model, String(repeating: "alpha ", count: 10_000)).count == 10)
        for texts in [[], [["", ""]], [["one", nil]], [["a", "b"], ["a", "b"]]] as [[[String?]]] {
            var small = World()
            small.documents = texts.enumerated().map { RetrievalDocument(rowID: Int64($0.offset), texts: $0.element) }
            small.examples = RetrievalExamples()
            small.examples.add(query: "one", rowID: 0, grade: 1)
            let trained = try small.train(threads: 2, examples: true)
            #expect(trained.model.rankingMethod == .base)
            _ = try small.search(try RetrievalModel(bytes: trained.model.serialized()), "one a b")
        }
    }

    @Test func repeatedExamplesCountOnce() {
        var examples = RetrievalExamples()
        examples.add(query: "q", rowID: 1, grade: 1)
        examples.add(query: "q", rowID: 1, grade: 0)
        examples.add(query: "q", rowID: 2, grade: 3)
        #expect(examples.pairCount == 3)
        #expect(examples.queries.count == 1)
        #expect(examples.queries[0].answers.map(\.grade) == [0, 3])
    }
}
