// Intervals as text: '2 days', '1 month -3 hours', '90 seconds'.

package import MartletCore

/// A length of time in months, days and microseconds, which do not convert into each other.
package struct Interval: Hashable, Sendable {
    package var months: Int64 = 0
    package var days: Int64 = 0
    package var microseconds: Int64 = 0

    /// Numbers (with a sign or a fraction) and units in turn; a bare number counts seconds.
    ///
    /// - Throws: `invalidTimestamp` for another form, `outOfRange`.
    package init(_ text: String) throws(Diagnostic) {
        func malformed() -> Diagnostic {
            Diagnostic(
                .invalidTimestamp, "'\(text.prefix(60))' is not an interval",
                hint: "write '2 days' or '1 month 3 hours'")
        }
        let words = Self.words(text)
        if words.isEmpty { throw malformed() }
        var index = 0
        while index < words.count {
            guard let number = Double(words[index]), number.isFinite else { throw malformed() }
            let unit = index + 1 < words.count ? TimeFunctions.singular(words[index + 1]) : "second"
            if index + 1 >= words.count, words.count > 1 { throw malformed() }
            index += 2
            func whole(_ scale: Double) throws(Diagnostic) -> Int64 {
                guard let result = Int64(exactly: (number * scale).rounded()) else { throw CalendarTime.outOfRange }
                return result
            }
            func wholeUnits(_ scale: Double) throws(Diagnostic) -> Int64 {
                guard number == number.rounded() else { throw malformed() }
                return try whole(scale)
            }
            switch unit {
            case "microsecond", "u": microseconds = try CalendarTime.add(microseconds, whole(1))
            case "millisecond", "m": microseconds = try CalendarTime.add(microseconds, whole(1e3))
            case "second", "sec", "": microseconds = try CalendarTime.add(microseconds, whole(1e6))
            case "minute", "min": microseconds = try CalendarTime.add(microseconds, whole(60e6))
            case "hour", "h": microseconds = try CalendarTime.add(microseconds, whole(3600e6))
            case "day", "d":
                // Part of a day is a time.
                days = try CalendarTime.add(days, Interval.exact(number.rounded(.towardZero)))
                let rest = number - number.rounded(.towardZero)
                microseconds = try CalendarTime.add(microseconds, Interval.exact((rest * 86400e6).rounded()))
            case "week": days = try CalendarTime.add(days, wholeUnits(7))
            case "month", "mon": months = try CalendarTime.add(months, wholeUnits(1))
            case "quarter": months = try CalendarTime.add(months, wholeUnits(3))
            case "year": months = try CalendarTime.add(months, wholeUnits(12))
            default: throw malformed()
            }
        }
    }

    private static func exact(_ number: Double) throws(Diagnostic) -> Int64 {
        guard let result = Int64(exactly: number) else { throw CalendarTime.outOfRange }
        return result
    }

    /// Words, with a number and a unit that stand together (`2h`) taken apart.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        for piece in text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" }) {
            let number = piece.prefix { "+-.0123456789".contains($0) }
            if !number.isEmpty { words.append(String(number)) }
            let rest = piece.dropFirst(number.count)
            if !rest.isEmpty { words.append(String(rest)) }
        }
        return words
    }

    /// The time after (sign 1) or before (sign -1): months first, with the day cut to the month's length, then days, then
    /// the rest.
    package func added(to timestamp: Int64, sign: Int64 = 1) throws(Diagnostic) -> Int64 {
        var result = timestamp
        if months != 0 {
            result = try CalendarTime(timestamp).adding(months: CalendarTime.multiply(months, sign)).timestamp()
        }
        let dayLength = try CalendarTime.multiply(days, sign * CalendarTime.microsecondsPerDay)
        result = try CalendarTime.add(result, dayLength)
        return try CalendarTime.add(result, CalendarTime.multiply(microseconds, sign))
    }
}
