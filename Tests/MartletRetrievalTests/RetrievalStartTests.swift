// Training that goes on from an earlier model.

import MartletRetrieval
import Testing

@Suite struct RetrievalStartTests {
    @Test func aBaseAndNewExamplesTeachMoreThanTheseAlone() throws {
        let world = World()
        let (first, second) = (world.only(0...1), world.only(2...2))
        let base = try first.train(threads: 2, examples: true).model
        let alone = try second.train(threads: 2, examples: true).model
        let (both, report) = try second.train(threads: 2, examples: true, from: base)
        #expect(report.carriedCount == first.examples.queries.count)
        #expect(try #require(report.carried).nDCG > 0)
        #expect(try world.precision(both) > world.precision(alone))
    }

    /// Each half about other entities, and each about other aspects.
    @Test func aSecondHalfAddsToTheFirst() throws {
        let world = World(entities: 96)
        let halves = [(world.half(0), world.half(1)), (world.only(0...1), world.only(2...2))]
        for (first, second) in halves {
            let base = try first.train(threads: 2, examples: true).model
            let alone = try second.train(threads: 2, examples: true).model
            let both = try second.train(threads: 2, examples: true, from: base).model
            let held = try [both, base, alone].map { try world.precision($0) }
            #expect(held[0] >= held[1] && held[0] >= held[2], "\(held)")
        }
    }

    /// Where plain search finds what new examples ask for, they are no reason to go back to it.
    @Test func easyExamplesDoNotMakeItForget() throws {
        let world = World(entities: 80)
        let base = try world.train(threads: 2, examples: true).model
        let before = try world.precision(base)
        var model = base
        for _ in 0..<3 {
            let (next, report) = try world.easy.train(threads: 2, examples: true, from: model)
            model = next
            #expect(model.rankingMethod == .ranked)
            let after = try world.precision(model)
            #expect(after >= before, "\(report)")
        }
    }

    @Test func sameBytesForAnyNumberOfThreads() throws {
        let world = World()
        let base = try world.only(0...1).train(threads: 2, examples: true).model
        let bytes = try world.only(2...2).train(threads: 1, examples: true, from: base).model.serialized()
        #expect(try world.only(2...2).train(threads: 3, examples: true, from: base).model.serialized() == bytes)
        let read = try RetrievalModel(bytes: base.serialized())
        #expect(try world.only(2...2).train(threads: 2, examples: true, from: read).model.serialized() == bytes)
        #expect(try world.only(2...2).train(threads: 2, examples: true).model.serialized() != bytes)
    }

    /// Without examples what was learned is fitted to the documents that there are.
    @Test func documentsThatAreGoneHaveNoPart() throws {
        var world = World()
        let base = try world.train(threads: 2, examples: true).model
        let before = try world.precision(base)
        let all = world.documents.count
        world.documents.removeAll { $0.rowID / 3 % 4 == 0 }
        world.documents.insert(RetrievalDocument(rowID: 9_000, texts: ["quartz", "quartz and opal alpha dose"]), at: 0)
        let (model, report) = try world.train(threads: 2, examples: false, from: base)
        #expect(model.rankingMethod == .ranked)
        #expect(report.isCarried)
        #expect(model.documentCount == all - 30 + 1)
        #expect(report.carriedCount == 60)
        #expect(try world.precision(model) >= before - 0.1)
        #expect(try world.precision(model) > world.precision(world.train(threads: 2, examples: false).model))
        #expect(try world.search(model, "remedy for quartz").first?.rowID == 9_000)
        #expect(try RetrievalModel(bytes: model.serialized()).serialized() == model.serialized())
    }

    @Test func nothingOfAllDocumentsIsLeft() throws {
        var world = World()
        let base = try world.train(threads: 2, examples: true).model
        world.documents = (0..<3).map { RetrievalDocument(rowID: 500 + $0, texts: ["opal\($0)", "a stone"]) }
        let (model, report) = try world.train(threads: 2, examples: false, from: base)
        #expect(report.carriedCount == 0)
        #expect(try world.search(model, "stone opal1").first?.rowID == 501)
        world.documents = []
        _ = try world.train(threads: 2, examples: false, from: base)
    }

    /// What an example says of a known question counts instead of what the base says.
    @Test func examplesReplaceWhatTheBaseKnows() throws {
        var world = World()
        let base = try world.train(threads: 2, examples: true).model
        let known = world.examples.queries
        world.examples = RetrievalExamples()
        world.examples.add(query: known[0].text, rowID: known[0].answers[0].rowID, grade: 0)
        world.examples.add(query: known[1].text, rowID: 100, grade: 1)
        let report = try world.train(threads: 2, examples: true, from: base).report
        #expect(report.carriedCount == known.count - 2)
        #expect(report.queryCount == 1)
        #expect(report.isCarried)
    }

    /// Too few examples for a ranker are kept, and count when others come.
    @Test func fewExamplesAreKept() throws {
        let world = World()
        var (few, rest) = (world, world)
        few.examples = RetrievalExamples()
        rest.examples = RetrievalExamples()
        for (place, query) in world.examples.queries.enumerated() {
            if place < 12 {
                few.examples.add(query: query.text, rowID: query.answers[0].rowID, grade: 1)
            } else {
                rest.examples.add(query: query.text, rowID: query.answers[0].rowID, grade: 1)
            }
        }
        let (base, first) = try few.train(threads: 2, examples: true)
        #expect(base.rankingMethod == .base)
        #expect(first.queryCount == 12)
        let read = try RetrievalModel(bytes: base.serialized())
        let (model, report) = try rest.train(threads: 2, examples: true, from: read)
        #expect(report.carriedCount == 12)
        #expect(!report.isCarried)
        #expect(model.rankingMethod == .ranked)
    }

    @Test func aBaseWithoutExamplesGivesNothing() throws {
        let world = World()
        let plain = try world.train(threads: 2, examples: false).model
        let bytes = try world.train(threads: 2, examples: true).model.serialized()
        let (model, report) = try world.train(threads: 2, examples: true, from: plain)
        #expect(model.serialized() == bytes)
        #expect(report.carriedCount == 0)
        #expect(!report.isCarried)
    }
}
