// The numbers in a timestamp, a text, a vector and a JSON value.

import MartletCore
import MartletFormats

enum TimeNumbers {
    private static let dayMicroseconds: Int64 = 86_400_000_000

    static func write(_ microseconds: Int64, into target: UnsafeMutablePointer<Float>) {
        let day = Int64((Double(microseconds) / Double(dayMicroseconds)).rounded(.down))
        let rest = microseconds.subtractingReportingOverflow(day &* dayMicroseconds).partialValue
        // 1970-01-01 was a Thursday; 2000-01-01 was day 10957.
        target[0] = Float(Double(day - 10_957) + Double(rest) / Double(dayMicroseconds))
        target[1] = Float(dayOfYear(day))
        target[2] = Float(((day + 3) % 7 + 7) % 7)
        target[3] = Float(Double(rest) / 3_600_000_000)
    }

    /// From 0, by the civil calendar (Hinnant, "chrono-compatible low-level date algorithms"), with years from March.
    private static func dayOfYear(_ day: Int64) -> Int64 {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let fromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let year = yearOfEra + (fromMarch >= 306 ? 1 : 0)
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return fromMarch >= 306 ? fromMarch - 306 : fromMarch + 59 + (isLeap ? 1 : 0)
    }
}

enum WordBuckets {
    /// How often words fall into each bucket. A word is a run of letters, digits and bytes outside ASCII; letters are
    /// folded to lower case.
    static func count(_ text: UnsafeBufferPointer<UInt8>, into target: UnsafeMutablePointer<Float>, _ buckets: Int) {
        for bucket in 0..<buckets { target[bucket] = 0 }
        forEachWord(text) { hash in target[Int(hash % UInt64(buckets))] += 1 }
    }

    static func forEachWord(_ text: UnsafeBufferPointer<UInt8>, _ body: (UInt64) -> Void) {
        let start: UInt64 = 0xCBF2_9CE4_8422_2325
        var hash = start
        for byte in text {
            var byte = byte
            if (65...90).contains(byte) { byte += 32 }
            if (97...122).contains(byte) || (48...57).contains(byte) || byte >= 128 {
                hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
            } else if hash != start {
                body(hash ^ hash >> 32)
                hash = start
            }
        }
        if hash != start { body(hash ^ hash >> 32) }
    }
}

enum VectorNumbers {
    static func write(
        _ bytes: UnsafeBufferPointer<UInt8>, _ element: VectorElement, _ dimension: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        guard bytes.count == element.byteCount(dimension: dimension), let base = bytes.baseAddress else {
            for index in 0..<dimension { target[index] = .nan }
            return
        }
        let raw = UnsafeRawBufferPointer(start: base, count: bytes.count)
        switch element {
        case .f32:
            #if _endian(little)
                UnsafeMutableRawPointer(target).copyMemory(from: base, byteCount: bytes.count)
            #else
                for index in 0..<dimension {
                    let bits = raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
                    target[index] = Float(bitPattern: UInt32(littleEndian: bits))
                }
            #endif
        case .f16:
            for index in 0..<dimension {
                let bits = raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                target[index] = half(UInt16(littleEndian: bits))
            }
        case .i8: for index in 0..<dimension { target[index] = Float(Int8(bitPattern: bytes[index])) }
        case .bit: for index in 0..<dimension { target[index] = bytes[index / 8] >> (index % 8) & 1 == 0 ? 0 : 1 }
        }
    }

    /// An IEEE half-precision number.
    private static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 31)
        let fraction = Float(bits & 1_023)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default: return sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1_024)
        }
    }
}

enum JSONNumbers {
    /// The numbers and booleans of a value by name: its own is `value`, an array's are `0`, `1`, …
    static func members(_ text: UnsafeBufferPointer<UInt8>) -> [(name: String, number: Double)] {
        guard let value = try? JSONValue.parse(text.span) else { return [] }
        func number(_ value: JSONValue) -> Double? {
            switch value {
            case .integer(let number): Double(number)
            case .real(let number): number
            case .boolean(let flag): flag ? 1 : 0
            default: nil
            }
        }
        switch value {
        case .array(let items):
            return items.enumerated().compactMap { place, item in number(item).map { (String(place), $0) } }
        case .object(let members): return members.compactMap { member in number(member.value).map { (member.key, $0) } }
        default: return number(value).map { [("value", $0)] } ?? []
        }
    }

    static func write(
        _ text: UnsafeBufferPointer<UInt8>, _ names: [String], into target: UnsafeMutablePointer<Float>
    ) {
        for index in names.indices { target[index] = .nan }
        for (name, number) in members(text) {
            if let place = names.firstIndex(of: name) { target[place] = Float(number) }
        }
    }
}
