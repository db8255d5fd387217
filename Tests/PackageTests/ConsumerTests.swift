// Another package that depends on this one builds and runs.

import Foundation
import Testing

@Suite struct ConsumerTests {
    /// Builds everything once more, so only where it is asked for.
    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["MARTLET_CONSUMER_TEST"] == "1"), .timeLimit(.minutes(15)))
    func aProgramOfAnotherPackage() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-consumer-\(UUID().uuidString)")
        let sources = folder.appending(path: "Sources/Consumer")
        try FileManager.default.createDirectory(at: sources, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // A checkout may be called anything; a dependency by path is known by its folder's name.
        let link = folder.appending(path: "martlet")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: Repository.root)
        try Self.manifest.write(to: folder.appending(path: "Package.swift"), atomically: true, encoding: .utf8)
        try Self.program.write(to: sources.appending(path: "Consumer.swift"), atomically: true, encoding: .utf8)

        // The outer test run must not leak into the inner build.
        let build = try #require(
            try Command.run(
                ["swift", "build", "--product", "Consumer", "-j", "2", "--scratch-path", folder.path + "/.build"],
                in: folder))
        #expect(build.status == 0, "\(build.output.suffix(4_000))")
        #expect(!build.output.contains("warning: '"), "\(build.output.suffix(4_000))")
        let run = try #require(
            try Command.run(
                ["swift", "run", "--skip-build", "--scratch-path", folder.path + "/.build", "Consumer"], in: folder))
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("b 2 true\n"), "\(run.output)")
    }

    private static let manifest = """
        // swift-tools-version: 6.2
        import PackageDescription

        let package = Package(
            name: "consumer",
            platforms: [.macOS(.v15)],
            dependencies: [.package(path: "martlet")],
            targets: [
                .executableTarget(name: "Consumer", dependencies: [.product(name: "Martlet", package: "martlet")])
            ]
        )
        """

    private static let program = """
        import Martlet

        struct Hit: Decodable {
            let id: String
            let score: Double
        }

        @main struct Consumer {
            static func main() async throws {
                let database = try Database.temporary()
                try await database.execute("CREATE TABLE docs (id TEXT PRIMARY KEY, body TEXT)")
                try await database.write { session in
                    for (id, body) in [("a", "a martlet never lands"), ("b", "the vpn drops")] {
                        try session.execute("INSERT INTO docs VALUES (\\(id), \\(body))")
                    }
                }
                try await database.execute("TRAIN finder USING retriever ON docs (body)")
                try await database.execute("DEPLOY finder AS help")
                let hits = try await database.query("SEARCH help FOR \\("vpn") RETURN id, score", as: Hit.self)
                let count = try await database.query("SELECT count(*) FROM docs", as: Int.self)[0]
                print(hits[0].id, count, hits[0].score > 0)
            }
        }
        """
}
