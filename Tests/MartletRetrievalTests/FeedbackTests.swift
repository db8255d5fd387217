// Feedback: what votes weigh, which questions are alike, and what becomes of scores.

import Foundation
import MartletCore
import MartletRetrieval
import Testing

@Suite struct FeedbackTests {
    private static func terms(_ text: String) -> [[UInt8]] {
        text.lowercased().split(separator: " ").map { Array($0.utf8) }
    }

    private func opinion(_ votes: [(similarity: Float, isSame: Bool, kinds: [FeedbackKind])]) -> FeedbackOpinion {
        var opinion = FeedbackOpinion()
        for vote in votes {
            var tally = FeedbackTally()
            for kind in vote.kinds { tally.add(kind, rank: nil) }
            opinion.add(
                FeedbackRelation(query: "", similarity: vote.similarity, isSame: vote.isSame, tallies: []), tally)
        }
        return opinion
    }

    @Test func talliesSaturate() {
        var tally = FeedbackTally()
        var last: Float = 0
        for _ in 0..<50 {
            tally.add(.upvote, rank: nil)
            #expect(tally.strength > last && tally.strength < 2)
            last = tally.strength
        }
        var clicks = FeedbackTally()
        for _ in 0..<1_000 { clicks.add(.click, rank: 9) }
        #expect(clicks.strength < 1)
        var contradictory = FeedbackTally()
        contradictory.add(.upvote, rank: nil)
        contradictory.add(.downvote, rank: nil)
        #expect(contradictory.strength == 0)
        #expect(FeedbackTally.weight(ofClickAt: 1) < FeedbackTally.weight(ofClickAt: 4))
        #expect(FeedbackTally.weight(ofClickAt: nil) == FeedbackTally.weight(ofClickAt: 1))
        #expect(FeedbackTally.weight(ofClickAt: 1_000_000) == FeedbackTally.weight(ofClickAt: 9))
    }

    /// One more upvote anywhere never lowers, one more downvote never raises.
    @Test func opinionsAreMonotone() {
        var random = SeededRandom(seed: 11)
        let kinds: [FeedbackKind] = [.upvote, .downvote, .click]
        for _ in 0..<2_000 {
            var votes: [(similarity: Float, isSame: Bool, kinds: [FeedbackKind])] = []
            for _ in 0..<Int(random.next() % 4) + 1 {
                let isSame = random.next() % 3 == 0
                votes.append(
                    (
                        isSame ? 1 : 0.6 + 0.4 * Float(random.next() % 100) / 100, isSame,
                        (0..<Int(random.next() % 4)).map { _ in kinds[Int(random.next() % 3)] }
                    ))
            }
            let place = Int(random.next() % UInt64(votes.count))
            let kind = kinds[Int(random.next() % 3)]
            let before = opinion(votes)
            votes[place].kinds.append(kind)
            let after = opinion(votes)
            let score = Double(random.next() % 1_000) / 500
            if kind == .downvote {
                #expect(after.value <= before.value)
                #expect(after.adjusted(score, best: 2) <= before.adjusted(score, best: 2))
            } else {
                #expect(after.value >= before.value)
                #expect(after.adjusted(score, best: 2) >= before.adjusted(score, best: 2))
            }
        }
        #expect(opinion([(1, true, [.upvote])]).adjusted(0, best: 7) > 7)
        #expect(opinion([(1, true, [])]).adjusted(3.25, best: 7) == 3.25)
    }

    /// The same questions as by comparing with each, whatever their order and number.
    @Test func relatedAsByBruteForce() {
        var random = SeededRandom(seed: 5)
        let words = (0..<40).map { "w\($0)" }
        func text() -> String {
            (0..<Int(random.next() % 7) + 1).map { _ in words[min(Int(random.next() % 40), Int(random.next() % 40))] }
                .joined(separator: " ")
        }
        func weights(_ text: String) -> [[UInt8]: Float] {
            var counts: [[UInt8]: Float] = [:]
            for term in Self.terms(text) { counts[term, default: 0] += 1 }
            let weights = counts.mapValues { 1 + Foundation.log($0) }
            let length = weights.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return weights.mapValues { $0 / length }
        }
        let index = FeedbackIndex(nil, terms: Self.terms)
        var stored: [String] = []
        for round in 0..<300 {
            let added = text()
            index.add(FeedbackRecord(kind: .upvote, query: added, document: [UInt8(round % 7)]))
            if !stored.contains(added) { stored.append(added) }
            let asked = round % 3 == 0 ? stored[Int(random.next() % UInt64(stored.count))] : text()
            let own = weights(asked)
            var expected: [String: Float] = [:]
            for query in stored {
                let other = weights(query)
                let cosine = other.reduce(0) { $0 + $1.value * (own[$1.key] ?? 0) }
                let similarity =
                    cosine >= 0.9999
                    ? 1
                    : FeedbackIndex.similarity(
                        cosine, shared: other.keys.count { own[$0] != nil }, of: own.count, and: other.count)
                if cosine >= FeedbackIndex.leastCosine + 1e-4, similarity >= FeedbackIndex.leastSimilarity + 1e-4 {
                    expected[query] = similarity
                }
            }
            let found = index.related(to: asked)
            #expect(found.map(\.similarity) == found.map(\.similarity).sorted(by: >))
            for relation in found { #expect(relation.similarity >= FeedbackIndex.leastSimilarity) }
            if found.count < 50 {
                for (query, similarity) in expected {
                    let relation = found.first { $0.query == query }
                    #expect(relation != nil && abs((relation?.similarity ?? 0) - min(1, similarity)) < 1e-3)
                }
            }
        }
    }

    @Test func sameQuestions() {
        let index = FeedbackIndex(nil, terms: Self.terms)
        index.add(FeedbackRecord(kind: .upvote, query: "Reset  my PASSWORD", document: [1]))
        for text in ["reset my password", "password my reset", " Reset my  password "] {
            let found = index.related(to: text)
            #expect(found.count == 1 && found[0].isSame && found[0].similarity == 1)
        }
        #expect(index.related(to: "reset my wifi router please").isEmpty)
        #expect(index.related(to: "").isEmpty)
        // Without any word that counts only the same text is the same.
        let wordless = FeedbackIndex(nil, terms: { _ in [] })
        wordless.add(FeedbackRecord(kind: .downvote, query: "the who", document: [1]))
        #expect(wordless.related(to: "The Who").count == 1)
        #expect(wordless.related(to: "who").isEmpty)
    }

    /// A question with words left out is like the whole one; with a word replaced it is another.
    @Test func replacedWordsMakeAnotherQuestion() {
        let index = FeedbackIndex(nil, terms: Self.terms)
        index.add(FeedbackRecord(kind: .upvote, query: "symptoms of abdominal adhesions", document: [1]))
        #expect(index.related(to: "abdominal adhesions symptoms").count == 1)
        #expect(index.related(to: "treatments of abdominal adhesions").isEmpty)
        #expect(
            FeedbackIndex.similarity(0.9, shared: 3, of: 3, and: 4)
                > FeedbackIndex.similarity(0.9, shared: 3, of: 4, and: 4))
    }

    @Test func towersTellAspectsApart() throws {
        let world = World()
        let (model, report) = try world.train(threads: 1, examples: true)
        #expect(report.method == .ranked)
        let reader = try #require(try model.towerReader())
        func cosine(_ a: String, _ b: String) throws -> Float {
            let left = try #require(model.towerVector(a, reader))
            let right = try #require(model.towerVector(b, reader))
            return zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let same = try cosine("what is the remedy for entity1", "remedy entity1")
        let other = try cosine("what is the remedy for entity1", "what is the sign for entity2")
        #expect(same > other)
        let index = FeedbackIndex(model, terms: Self.terms)
        index.add(FeedbackRecord(kind: .upvote, query: "what is the remedy for entity1", document: [1]))
        #expect(index.related(to: "what is the remedy for entity1").first?.isSame == true)
    }
}
