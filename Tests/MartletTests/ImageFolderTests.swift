// Folders of images: COPY, a convolution network on their pixels, predictions.

import CPNG
import Foundation
import MartletCore
import MartletRuntime
import Testing

extension EngineTests {
    @Suite struct ImageFolderTests {
        /// A gray PNG file.
        private static func png(_ side: Int, _ level: (_ x: Int, _ y: Int) -> UInt8) throws -> Data {
            var image = png_image()
            image.version = UInt32(PNG_IMAGE_VERSION)
            image.width = UInt32(side)
            image.height = UInt32(side)
            let pixels = (0..<side * side).map { level($0 % side, $0 / side) }
            var file = Data(count: 4_096 + 2 * pixels.count)
            var count = file.count
            let isWritten = file.withUnsafeMutableBytes {
                png_image_write_to_memory(&image, $0.baseAddress, &count, 0, pixels, 0, nil)
            }
            try #require(isWritten != 0)
            return file.prefix(count)
        }

        private static func write(_ data: Data, _ folder: String, _ name: String) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try data.write(to: URL(fileURLWithPath: folder + "/" + name))
        }

        /// Discs, bars that lie and bars that stand, somewhere, of some size, on a noisy ground: no one pixel tells which.
        private static func writeShapes(_ count: Int, to folder: String, seed: UInt64) throws {
            var random = SeededRandom(seed: seed)
            for number in 0..<count {
                let kind = number % 3
                // Images of several sizes, which all become one.
                let side = 16 + 4 * Int.random(in: 0..<4, using: &random)
                let x = Int.random(in: side / 4..<3 * side / 4, using: &random)
                let y = Int.random(in: side / 4..<3 * side / 4, using: &random)
                let noise = (0..<side * side).map { _ in UInt8.random(in: 0..<60, using: &random) }
                let data = try png(side) { column, row in
                    let (across, down) = (abs(column - x), abs(row - y))
                    let isInside =
                        switch kind {
                        case 0: (across * across + down * down) * 25 < side * side
                        case 1: across * 3 < side && down * 10 < side
                        default: down * 3 < side && across * 10 < side
                        }
                    return noise[row * side + column] + (isInside ? 190 : 0)
                }
                try write(data, folder + "/" + ["disc", "lying", "standing"][kind], "\(number).png")
            }
        }

        @Test func trainsOnClassFolders() throws {
            let database = try TestDatabase()
            let (train, test) = (database.path("train"), database.path("test"))
            try Self.writeShapes(600, to: train, seed: 1)
            try Self.writeShapes(150, to: test, seed: 2)
            for (table, folder) in [("images", train), ("fresh", test)] {
                try database.run(
                    "CREATE TABLE \(table) (path TEXT PRIMARY KEY, label TEXT, pixels VECTOR(256), width INTEGER)")
                try database.run(
                    "COPY \(table) FROM '\(folder)' WITH (format = 'images', width = 16, height = 16, channels = 1)")
            }
            #expect(
                try database.run("SELECT label, count(*) FROM images GROUP BY label ORDER BY label") == [
                    "disc|200", "lying|200", "standing|200",
                ])
            #expect(try database.run("SELECT count(DISTINCT width) FROM images") == ["4"])
            try database.run(
                "TRAIN shape USING cnn FROM (SELECT pixels, label FROM images) LABEL label WITH (epochs = 20)")
            let right = try database.run("SELECT count(*) FILTER (WHERE predict(shape, pixels) = label) FROM fresh")
            #expect(Int(right[0]) ?? 0 >= 135, "\(right) of 150")
            // The same folder gives the same rows, and so the same model.
            try database.run("CREATE TABLE again (path TEXT, label TEXT, pixels VECTOR(256))")
            try database.run("COPY again FROM '\(train)' WITH (format = 'images')")
            try database.run(
                "TRAIN other USING cnn FROM (SELECT pixels, label FROM again) LABEL label WITH (epochs = 20)")
            #expect(try database.run("SELECT count(DISTINCT digest) FROM sys.models") == ["1"])
        }

        @Test func colorsAreASquareOfThree() throws {
            let database = try TestDatabase()
            try Self.writeShapes(90, to: database.path("shapes"), seed: 3)
            try database.run("CREATE TABLE images (path TEXT PRIMARY KEY, label TEXT, pixels VECTOR(192, f16))")
            try database.run("COPY images FROM '\(database.path("shapes"))' WITH (format = 'images')")
            let plan = try database.run("EXPLAIN TRAIN m USING cnn FROM (SELECT pixels, label FROM images) LABEL label")
            #expect(plan.joined().contains("cnn"))
            try database.run("TRAIN m USING cnn FROM (SELECT pixels, label FROM images) LABEL label WITH (epochs = 1)")
            #expect(try database.run("SELECT count(predict(m, pixels)) FROM images") == ["90"])
        }

        /// Whatever is wrong with some of the files, the others are read.
        @Test func damagedFilesAreSkipped() throws {
            let database = try TestDatabase()
            let folder = database.path("mixed")
            var random = SeededRandom(seed: 4)
            let good = try Self.png(12) { x, y in UInt8(x * y) }
            try Self.write(good, folder + "/a", "0.png")
            for number in 1...200 {
                var bad = good
                bad[Int.random(in: 0..<bad.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try Self.write(
                    number % 2 == 0 ? bad : good.prefix(Int.random(in: 0..<good.count - 16, using: &random)),
                    folder + "/b",
                    "\(number).png")
            }
            try Self.write(good, folder + "/c", "201.png")
            try FileManager.default.createDirectory(atPath: folder + "/empty", withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/c/link.png", withDestinationPath: "201.png")
            try FileManager.default.createSymbolicLink(atPath: folder + "/round", withDestinationPath: folder)
            try database.run("CREATE TABLE images (path TEXT PRIMARY KEY, label TEXT, pixels VECTOR(144))")
            #expect(
                code { () throws(Diagnostic) in
                    try database.run("COPY images FROM '\(folder)' WITH (format = 'images')")
                } == .malformedImage)
            #expect(try database.run("SELECT count(*) FROM images") == ["0"])
            let counts = try database.run(
                "COPY images FROM '\(folder)' WITH (format = 'images', on_error = 'skip', rejects = '\(database.path("r.csv"))')"
            )[0].split(separator: "|").compactMap { Int($0) }
            #expect(counts.count == 2 && counts.reduce(0, +) == 203 && counts[1] >= 100, "\(counts)")
            #expect(try database.run("SELECT label FROM images WHERE label <> 'b' ORDER BY path") == ["a", "c", "c"])
            let rejects = try String(contentsOfFile: database.path("r.csv"), encoding: .utf8)
            #expect(rejects.contains("\(folder)/b/1.png,,,E0610,"), "\(rejects.prefix(300))")
        }
    }
}
