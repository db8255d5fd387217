// What Tab offers.

import MartletCore
import MartletShell
import Testing

@Suite struct CompleterTests {
    private let completer = Completer(
        ask: { question in
            if question.contains("sys.tables") { return [[.text("docs")], [.text("dogs")], [.text("Odd name")]] }
            if question.contains("\"table\"") {
                return [
                    [.text("docs"), .text("body")], [.text("docs"), .text("title")], [.text("dogs"), .text("bark")],
                ]
            }
            if question.contains("sys.columns") { return [[.text("body")], [.text("title")], [.text("bark")]] }
            if question.contains("sys.models") { return [[.text("finder")]] }
            if question.contains("sys.deployments") { return [[.text("helpdesk")]] }
            if question.contains("sys.functions") { return [[.text("lower")], [.text("left")]] }
            return []
        },
        list: { $0 == "data/" ? ["docs.csv", "docs.jsonl"] : ["data/", "documents.txt", ".hidden"] })

    private func candidates(_ text: String) -> [String] { completer.complete(text).candidates }

    @Test func keywordsFollowTheCaseOfTheWord() {
        #expect(candidates("sel") == ["select"])
        #expect(candidates("SEL") == ["SELECT"])
        #expect(candidates("SELECT 1 FR") == ["FROM"])
    }

    @Test func namesByWhatMayStandThere() {
        #expect(candidates("SELECT * FROM do") == ["docs", "dogs"])
        #expect(candidates("SELECT * FROM Od") == ["\"Odd name\""])
        #expect(candidates("SELECT bo").contains("body"))
        #expect(candidates("SELECT le").contains("left"))
        #expect(candidates("SELECT dogs.") == ["bark"])
        #expect(candidates("SELECT * FROM sys.mod") == ["models"])
        #expect(candidates("DEPLOY fi") == ["finder"])
        for verb in ["UPVOTE", "DOWNVOTE", "LOG CLICK", "ASSOCIATE"] {
            #expect(candidates("\(verb) he") == ["helpdesk"], "\(verb)")
        }
        #expect(candidates("UPVOTE helpdesk FOR 'x' DOC") == ["DOCUMENT"])
        #expect(candidates("LOG CLICK helpdesk FOR 'x' DOCUMENT 'a' RA") == ["RANK"])
        #expect(candidates("EVALUATE finder FROM docs IN").contains("INTO"))
    }

    @Test func prefixesAndFiles() {
        let docs = completer.complete("SELECT 1;\nSELECT * FROM d")
        #expect(docs.commonPrefix == "do" && docs.replacedCount == 1)
        #expect(candidates("COPY docs FROM 'd") == ["data/", "documents.txt"])
        #expect(candidates("COPY docs FROM 'data/docs.c") == ["docs.csv"])
        #expect(candidates("SELECT 'd") == [])
    }

    @Test func dotCommands() {
        #expect(candidates(".mo") == [".mode"])
        #expect(candidates(".mode js") == ["json", "jsonl"])
        #expect(candidates(".schema do") == ["docs", "dogs"])
        #expect(candidates(".read data/docs.c") == ["docs.csv"])
        #expect(candidates(".timer ") == ["off", "on"])
    }
}
