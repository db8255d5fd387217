// COPY through the API: how far it has come.

import Foundation
import Martlet
import Testing

@Suite(.timeLimit(.minutes(2))) struct CopyTests {
    @Test func tellsHowMuchOfTheFileIsRead() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        let lines = (0..<20_000).map { "\($0),some text of row \($0)" }
        let text = Data(("id,body\n" + lines.joined(separator: "\n") + "\n").utf8)
        try text.write(to: file)
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")

        let path = "'\(file.path(percentEncoded: false))'"
        var steps: [StatementProgress] = []
        var result: [Row]?
        for try await event in database.run("COPY t FROM \(raw: path) WITH (header = true)") {
            switch event {
            case .progress(let step): steps.append(step)
            case .finished(let rows): result = rows
            }
        }
        #expect(steps.count > 5 && steps.allSatisfy { $0.stage == "copy" && $0.bytesTotal == text.count })
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.rowsDone <= $1.rowsDone })
        #expect(steps.last?.fraction == 1 && steps.last?.rowsDone == 20_000)
        #expect(try result?.first?.get(0, as: Int.self) == 20_000)
    }
}
