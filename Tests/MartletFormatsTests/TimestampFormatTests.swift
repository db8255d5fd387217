// The text form of timestamps.

import MartletCore
import MartletFormats
import Testing

struct TimestampFormatTests {
    @Test(arguments: [
        ("1970-01-01", Int64(0)), ("1970-01-01T00:00:01Z", 1_000_000), ("1969-12-31 23:59:59.999999", -1),
        ("2024-02-29 12:30", 1_709_209_800_000_000), ("2024-02-29T12:30:00+01:30", 1_709_204_400_000_000),
        ("2000-03-01T00:00:00-0530", 951_888_600_000_000), ("1970-01-01 00:00:00.0000005", 1),
        ("0000-01-01", -62_167_219_200_000_000), ("9999-12-31 23:59:59.999999", 253_402_300_799_999_999),
    ])
    func parses(text: String, expected: Int64) throws {
        #expect(try TimestampFormat.parse(text) == expected)
    }

    @Test(arguments: [
        "", "2024", "2024-2-1", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31",
        "2024-01-01T", "2024-01-01 24:00", "2024-01-01 12:60", "2024-01-01 12:00:60", "2024-01-01 12:00:00.",
        "2024-01-01 12:00 x", "2024-01-01 12:00Zx", "2024-01-01 12:00+1", "2024-01-01 12:00+24:00",
        "2024-01-01 12:00+01:", " 2024-01-01", "2024-01-01Z", "24-01-01", "2024/01/01",
    ])
    func refuses(text: String) {
        let error = #expect(throws: Diagnostic.self) { try TimestampFormat.parse(text) }
        #expect(error?.code == .invalidTimestamp)
    }

    @Test func refusesWhatDoesNotFit() {
        let error = #expect(throws: Diagnostic.self) { try TimestampFormat.parse("+999999-01-01") }
        #expect(error?.code == .outOfRange)
    }

    @Test func formats() {
        #expect(TimestampFormat.text(0) == "1970-01-01 00:00:00")
        #expect(TimestampFormat.text(-1) == "1969-12-31 23:59:59.999999")
        #expect(TimestampFormat.isoText(1_709_209_800_500_000) == "2024-02-29T12:30:00.5Z")
    }

    @Test func everyTimestampReadsBack() throws {
        let seed: UInt64 = 11
        var random = SeededRandom(seed: seed)
        var cases: [Int64] = [.min, .max, 0, -1, 1]
        for _ in 0..<5_000 {
            let bits = Int64(bitPattern: random.next())
            cases.append(bits >> Int64(random.next() % 60))
        }
        for microseconds in cases {
            #expect(try TimestampFormat.parse(TimestampFormat.text(microseconds)) == microseconds, "seed \(seed)")
            #expect(try TimestampFormat.parse(TimestampFormat.isoText(microseconds)) == microseconds, "seed \(seed)")
        }
    }
}
