// PNG and JPEG files as pixels of one size; damaged files.

import CPNG
import MartletCore
import MartletFormats
import Testing

@Suite struct ImageTests {
    private static func pixels(
        _ file: [UInt8], _ width: Int, _ height: Int, channels: Int = 1
    ) throws -> [Float] {
        let file = try ImageFile(file)
        return ImageResampler(width: width, height: height, channels: channels).pixels(
            of: try file.decoded(forWidth: width, height: height))
    }

    private static func code(_ bytes: [UInt8]) -> ErrorCode? {
        do throws(Diagnostic) {
            _ = try ImageFile(bytes).decoded(forWidth: 4, height: 4)
            return nil
        } catch {
            return error.code
        }
    }

    /// Some that has no symmetry.
    private static let made = MadeImage(width: 23, height: 17) { x, y in
        (UInt8(x * 11), UInt8(y * 15), UInt8((x * y) % 256))
    }

    @Test func pixelsOfTheSameSizeAreKept() throws {
        let colors = try Self.pixels(Self.made.png(), 23, 17, channels: 3)
        #expect(colors == Self.made.bytes.map { Float($0) / 255 })
        let gray = MadeImage(gray: 5, 3) { x, y in UInt8(50 * x + y) }
        #expect(try Self.pixels(gray.png(), 5, 3) == (0..<15).map { Float(50 * ($0 % 5) + $0 / 5) / 255 })
    }

    @Test func colorsBecomeGray() throws {
        let image = MadeImage(width: 3, height: 1) { x, _ in [(255, 0, 0), (0, 255, 0), (0, 0, 255)][x] }
        let gray = try Self.pixels(image.png(), 3, 1)
        for (found, expected) in zip(gray, [0.299, 0.587, 0.114]) { #expect(abs(Double(found) - expected) < 1e-6) }
    }

    @Test func shrinkingIsAMeanOfAreas() throws {
        // Fields of eight by eight, each of one level: far from their edges nothing of the others is seen.
        let fields = MadeImage(gray: 32, 32) { x, y in UInt8(x / 8 * 40 + y / 8 * 20) }
        let halved = try Self.pixels(fields.png(), 16, 16)
        #expect(abs(halved[16 * 1 + 5] - 40 / 255.0) < 1e-6)
        // A board of single pixels becomes an even gray.
        let board = MadeImage(gray: 64, 64) { x, y in (x + y) % 2 == 0 ? 255 : 0 }
        for level in try Self.pixels(board.png(), 8, 8) { #expect(abs(level - 0.5) < 0.01) }
        // An even image stays even, whatever the sizes.
        let even = MadeImage(gray: 37, 41) { _, _ in 200 }
        for (width, height) in [(1, 1), (3, 7), (36, 40), (37, 41), (38, 90)] {
            for level in try Self.pixels(even.png(), width, height) { #expect(abs(level - 200 / 255.0) < 1e-6) }
        }
    }

    @Test func growingIsLinear() throws {
        let slope = MadeImage(gray: 2, 1) { x, _ in x == 0 ? 0 : 200 }
        let levels = try Self.pixels(slope.png(), 4, 1).map { ($0 * 255).rounded() }
        #expect(levels == [0, 50, 150, 200])
    }

    @Test func formatsOfPNG() throws {
        // Gray with alpha: half transparent black over white.
        let gray = MadeImage.png([0, 128, 77, 255], 2, 1, format: UInt32(PNG_FORMAT_FLAG_ALPHA))
        let levels = try Self.pixels(gray, 2, 1).map { $0 * 255 }
        #expect(levels[0] > 120 && levels[0] < 200 && abs(levels[1] - 77) < 0.01, "\(levels)")
        let transparent = MadeImage.png(
            [10, 20, 30, 0], 1, 1, format: UInt32(PNG_FORMAT_FLAG_ALPHA | PNG_FORMAT_FLAG_COLOR))
        #expect(try Self.pixels(transparent, 1, 1, channels: 3) == [1, 1, 1])
    }

    @Test func jpeg() throws {
        let image = MadeImage(width: 64, height: 48) { x, y in (UInt8(x * 4), UInt8(y * 5), 128) }
        let expected = try Self.pixels(image.png(), 16, 12, channels: 3)
        for file in [image.jpeg(), image.jpeg(isProgressive: true)] {
            let found = try Self.pixels(file, 16, 12, channels: 3)
            for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 0.03) }
            // At an eighth of the size while it is decoded.
            let small = try Self.pixels(file, 4, 3, channels: 3)
            let wanted = try Self.pixels(image.png(), 4, 3, channels: 3)
            for (found, expected) in zip(small, wanted) { #expect(abs(found - expected) < 0.06) }
        }
    }

    @Test func refusals() {
        #expect(Self.code([]) == .malformedImage)
        #expect(Self.code(Array("GIF89a and so on".utf8)) == .malformedImage)
        #expect(Self.code([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) == .malformedImage)
        #expect(Self.code([0xFF, 0xD8, 0xFF]) == .malformedImage)
        // Few bytes that ask for many pixels are refused by their header: 60000 × 60000.
        var bomb = MadeImage(gray: 1, 1) { _, _ in 0 }.png()
        bomb.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
        bomb.replaceSubrange(29..<33, with: Self.checksum(bomb[12..<29]))
        #expect(Self.code(bomb) == .limitExceeded)
        var large = MadeImage(gray: 8, 8) { _, _ in 0 }.jpeg()
        if let frame = (0..<large.count - 9).first(where: { large[$0] == 0xFF && large[$0 + 1] == 0xC0 }) {
            large.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0x00, 0xFF, 0x00])
        }
        #expect(Self.code(large) == .limitExceeded)
    }

    /// CRC-32 as PNG has it.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB8_8320 }
        }
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ~sum >> $0) }
    }

    @Test func filesThatAreCutOffAreFound() {
        // Of a JPEG, the end of the last row may be missing without a trace in what was decoded before it.
        for (file, spared) in [(Self.made.png(), 16), (Self.made.jpeg(), 2)] {
            for count in 0..<file.count - spared {
                #expect(Self.code(Array(file[..<count])) == .malformedImage, "\(count) of \(file.count) bytes")
            }
        }
    }

    @Test func damagedFilesNeverTrap() {
        var random = SeededRandom(seed: 17)
        var failures = 0
        let files = [Self.made.png(), Self.made.jpeg(), Self.made.jpeg(isProgressive: true)]
        for round in 0..<3_000 {
            var file = files[round % 3]
            for _ in 0...Int.random(in: 0..<4, using: &random) {
                file[Int.random(in: 0..<file.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            if Bool.random(using: &random) { file = Array(file.prefix(Int.random(in: 0...file.count, using: &random))) }
            guard let code = Self.code(file) else { continue }
            #expect(code == .malformedImage || code == .limitExceeded, "\(code)")
            failures += 1
        }
        #expect(failures > 1_000)
    }
}
