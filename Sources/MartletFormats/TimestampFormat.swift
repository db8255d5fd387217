// The text form of TIMESTAMP: ISO 8601, proleptic Gregorian calendar, microseconds since 1970-01-01 UTC.

package import MartletCore

package enum TimestampFormat {
    /// Reads `YYYY-MM-DD`, optionally followed by `T` or a space, `hh:mm[:ss[.fraction]]` and `Z` or `±hh[:mm]`.
    ///
    /// Without an offset the time is UTC. A fraction has up to nine digits and is rounded to microseconds. Years outside
    /// 0000–9999 are written with a sign and five or six digits.
    ///
    /// - Throws: `invalidTimestamp` for another form or an impossible date, `outOfRange` beyond 64 bits.
    package static func parse(_ bytes: Span<UInt8>) throws(Diagnostic) -> Int64 {
        var position = 0
        func fault(_ reason: String) -> Diagnostic {
            Diagnostic(
                .invalidTimestamp, "\(Excerpt.quoted(bytes)) is not a TIMESTAMP: \(reason)",
                hint: "write 'YYYY-MM-DD hh:mm:ss', optionally with a fraction and an offset")
        }
        func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }
        func accept(_ byte: UInt8) -> Bool {
            guard peek() == byte else { return false }
            position += 1
            return true
        }
        func digits(_ range: ClosedRange<Int>) -> Int64? {
            let start = position
            var value: Int64 = 0
            while let byte = peek(), byte &- 48 < 10, position - start < range.upperBound {
                value = value * 10 + Int64(byte - 48)
                position += 1
            }
            return position - start >= range.lowerBound ? value : nil
        }

        let isNegative = accept(UInt8(ascii: "-"))
        let isSigned = isNegative || accept(UInt8(ascii: "+"))
        guard let magnitude = digits(isSigned ? 4...6 : 4...4), accept(UInt8(ascii: "-")),
            let month = digits(2...2), accept(UInt8(ascii: "-")), let day = digits(2...2)
        else { throw fault("no date at its start") }
        let year = isNegative ? -magnitude : magnitude
        guard (1...12).contains(month) else { throw fault("month \(month)") }
        guard day >= 1, day <= dayCount(year: year, month: month) else { throw fault("day \(day)") }

        var seconds = daysSinceEpoch(year: year, month: month, day: day) * 86_400
        var microseconds: Int64 = 0
        if accept(UInt8(ascii: "T")) || accept(UInt8(ascii: "t")) || accept(UInt8(ascii: " ")) {
            guard let hour = digits(2...2), accept(UInt8(ascii: ":")), let minute = digits(2...2) else {
                throw fault("no time after the date")
            }
            guard hour < 24 else { throw fault("hour \(hour)") }
            guard minute < 60 else { throw fault("minute \(minute)") }
            seconds += hour * 3600 + minute * 60
            if accept(UInt8(ascii: ":")) {
                guard let second = digits(2...2) else { throw fault("no seconds after ':'") }
                guard second < 60 else { throw fault("second \(second)") }
                seconds += second
                if accept(UInt8(ascii: ".")) {
                    let start = position
                    guard var fraction = digits(1...9) else { throw fault("no digits after '.'") }
                    for _ in (position - start)..<9 { fraction *= 10 }
                    microseconds = (fraction + 500) / 1000
                }
            }
            if accept(UInt8(ascii: "Z")) || accept(UInt8(ascii: "z")) {
            } else if let sign = peek(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                position += 1
                guard let hour = digits(2...2), hour < 24 else { throw fault("its offset") }
                var minute: Int64 = 0
                let hasColon = accept(UInt8(ascii: ":"))
                if hasColon || position < bytes.count {
                    guard let value = digits(2...2), value < 60 else { throw fault("its offset") }
                    minute = value
                }
                let offset = hour * 3600 + minute * 60
                seconds += sign == UInt8(ascii: "+") ? -offset : offset
            }
        }
        guard position == bytes.count else { throw fault("text after its end") }
        // The earliest timestamps only fit once their fraction is added.
        if seconds < 0 {
            seconds += 1
            microseconds -= 1_000_000
        }
        let (scaled, overflow1) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (total, overflow2) = scaled.addingReportingOverflow(microseconds)
        if overflow1 || overflow2 {
            throw Diagnostic(.outOfRange, "\(Excerpt.quoted(bytes)) is out of the range of TIMESTAMP")
        }
        return total
    }

    package static func parse(_ text: String) throws(Diagnostic) -> Int64 {
        let bytes = Array(text.utf8)
        return try parse(bytes.span)
    }

    /// `2024-03-01 12:30:00`, with a fraction if there is one.
    package static func text(_ microseconds: Int64) -> String { text(microseconds, separator: " ", suffix: "") }

    /// `2024-03-01T12:30:00Z`, with a fraction if there is one.
    package static func isoText(_ microseconds: Int64) -> String { text(microseconds, separator: "T", suffix: "Z") }

    private static func text(_ microseconds: Int64, separator: String, suffix: String) -> String {
        let (seconds, fraction) = floorDivide(microseconds, 1_000_000)
        let (days, secondOfDay) = floorDivide(seconds, 86_400)
        let (year, month, day) = date(daysSinceEpoch: days)
        var result = ""
        if (0...9999).contains(year) {
            result += padded(year, 4)
        } else {
            result += (year < 0 ? "-" : "+") + padded(abs(year), 5)
        }
        result += "-" + padded(month, 2) + "-" + padded(day, 2) + separator
        result +=
            padded(secondOfDay / 3600, 2) + ":" + padded(secondOfDay / 60 % 60, 2) + ":" + padded(secondOfDay % 60, 2)
        if fraction != 0 {
            var digits = padded(fraction, 6)
            while digits.hasSuffix("0") { digits.removeLast() }
            result += "." + digits
        }
        return result + suffix
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

// The calendar: Hinnant's civil-from-days algorithms (2013), with years that start in March.
extension TimestampFormat {
    package static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    package static func dayCount(year: Int64, month: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01 to a date that exists.
    package static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package static func date(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
