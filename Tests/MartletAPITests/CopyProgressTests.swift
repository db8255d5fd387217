// COPY tells how far it has come.

import Foundation
import Martlet
import Testing

@Suite struct CopyProgressTests {
    @Test(arguments: ["csv", "jsonl"]) func bytesOfTheFile(format: String) async throws {
        let rows = 60_000
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).\(format)")
        defer { try? FileManager.default.removeItem(at: file) }
        var text = format == "csv" ? "x,y\n" : ""
        for row in 0..<rows {
            text += format == "csv" ? "\(row),text of row \(row)\n" : "{\"x\": \(row), \"y\": \"text of row \(row)\"}\n"
        }
        try text.write(to: file, atomically: true, encoding: .utf8)
        let database = try Database.temporary()
        try await database.execute("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT)")
        var steps: [StatementProgress] = []
        var result: [Row] = []
        for try await event in database.run(SQL(text: "COPY t FROM '\(file.path)'")) {
            switch event {
            case .progress(let step): steps.append(step)
            case .finished(let rows): result = rows
            }
        }
        #expect(try result.first?.get(0, as: Int.self) == rows)
        #expect(steps.count > 1 && steps.allSatisfy { $0.stage == "copy" && $0.bytesTotal == text.utf8.count })
        for (step, next) in zip(steps, steps.dropFirst()) {
            #expect(step.rowsDone <= next.rowsDone && step.bytesDone ?? .max <= next.bytesDone ?? 0)
        }
        #expect(steps.last?.rowsDone == rows && steps.last?.bytesDone == text.utf8.count)
        #expect(steps.last?.fraction == 1 && (steps.first?.fraction ?? 1) < 1)
    }
}
