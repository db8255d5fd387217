// Timestamps as dates and times of day, in UTC, on the proleptic Gregorian calendar.

import MartletCore
import MartletFormats

/// A timestamp taken apart.
struct CalendarTime {
    var year: Int64
    var month: Int64
    var day: Int64
    /// Within the day.
    var microseconds: Int64

    static let microsecondsPerDay: Int64 = 86_400_000_000

    init(_ timestamp: Int64) {
        let (quotient, remainder) = timestamp.quotientAndRemainder(dividingBy: Self.microsecondsPerDay)
        let days = remainder < 0 ? quotient - 1 : quotient
        microseconds = remainder < 0 ? remainder + Self.microsecondsPerDay : remainder
        (year, month, day) = TimestampFormat.date(daysSinceEpoch: days)
    }

    var hour: Int64 { microseconds / 3_600_000_000 }
    var minute: Int64 { microseconds / 60_000_000 % 60 }
    var second: Int64 { microseconds / 1_000_000 % 60 }
    var days: Int64 { TimestampFormat.daysSinceEpoch(year: year, month: month, day: day) }
    /// 0 is Sunday.
    var weekday: Int64 { ((days + 4) % 7 + 7) % 7 }
    /// From 1.
    var dayOfYear: Int64 { days - TimestampFormat.daysSinceEpoch(year: year, month: 1, day: 1) + 1 }

    /// ISO 8601: weeks begin on Monday, week 1 has the year's first Thursday.
    var isoWeek: (year: Int64, week: Int64) {
        let monday = days - (weekday + 6) % 7
        let thursday = monday + 3
        let weekYear = TimestampFormat.date(daysSinceEpoch: thursday).year
        let first = TimestampFormat.daysSinceEpoch(year: weekYear, month: 1, day: 1)
        return (weekYear, (thursday - first) / 7 + 1)
    }

    /// - Throws: `outOfRange` beyond 64 bits.
    func timestamp() throws(Diagnostic) -> Int64 {
        // A valid timestamp's year has at most six digits.
        guard year.magnitude < 400_000 else { throw Self.outOfRange }
        return try Self.add(try Self.multiply(days, Self.microsecondsPerDay), microseconds)
    }

    static let outOfRange = Diagnostic(.outOfRange, "the result is outside the range of TIMESTAMP")

    static func add(_ a: Int64, _ b: Int64) throws(Diagnostic) -> Int64 {
        let (sum, overflow) = a.addingReportingOverflow(b)
        if overflow { throw outOfRange }
        return sum
    }

    static func multiply(_ a: Int64, _ b: Int64) throws(Diagnostic) -> Int64 {
        let (product, overflow) = a.multipliedReportingOverflow(by: b)
        if overflow { throw outOfRange }
        return product
    }

    /// Months later; the day is cut to the month's length.
    func adding(months: Int64) throws(Diagnostic) -> CalendarTime {
        let total = try Self.add(try Self.add(try Self.multiply(year, 12), month - 1), months)
        var result = self
        result.year = total >= 0 ? total / 12 : -((11 - total) / 12)
        result.month = total - result.year * 12 + 1
        guard result.year.magnitude < 400_000 else { throw Self.outOfRange }
        result.day = min(day, TimestampFormat.dayCount(year: result.year, month: result.month))
        return result
    }
}
