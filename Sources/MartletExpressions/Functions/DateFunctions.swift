// date(), time(), datetime(), julianday() and unixepoch() with modifiers, as in SQLite. Everything is UTC.

import MartletCore
import MartletFormats

/// The first argument is a TIMESTAMP, a TEXT (a date, a date and time, a time of day, or 'now') or a number (a Julian day,
/// or seconds behind the modifier 'unixepoch'); modifiers change it one after the other.
enum DateFunctions {
    static let all: [ScalarFunction] = [
        family("date", .text, "the day of a time, as YYYY-MM-DD") {
            .text(String(TimestampFormat.text($0).prefix(10)))
        },
        family("time", .text, "the time of day, as hh:mm:ss") { .text(String(wholeSeconds($0).suffix(8))) },
        family("datetime", .text, "day and time, as YYYY-MM-DD hh:mm:ss") { .text(wholeSeconds($0)) },
        family("julianday", .real, "the days since noon on 24 November 4714 BC") { .real(julianDay($0)) },
        family("unixepoch", .integer, "the whole seconds since 1970-01-01") { .integer(floorDivide($0, 1_000_000)) },
        formats,
    ].flatMap { $0 }

    /// strftime(format, time, modifier …), where the time is not a plain TIMESTAMP.
    private static let formats: [ScalarFunction] = [DataType.timestamp, .text].map { (type: DataType) in
        // Of a TIMESTAMP alone there is one already.
        let modifiers: [ScalarFunction.ParameterType] = type == .timestamp ? [.type(.text)] : []
        return ScalarFunction(
            "strftime", [.type(.text), .type(type)] + modifiers, variadic: .type(.text), returns: .type(.text),
            volatility: .stable, summary: "the time formatted, after modifiers such as '+1 day' or 'start of month'",
            .row(nullIfAnyNull: true) { (values, context) throws(Diagnostic) in
                guard case .text(let format) = values[0] else { return .null }
                return .text(try TimeFunctions.format(format, try moment(Array(values[1...]), context)))
            })
    }

    private typealias Result = @Sendable (Int64) -> Value

    /// 1970-01-01 as a Julian day.
    private static let julianEpoch = 2_440_587.5

    /// Without an argument it is the time at which the statement began.
    private static func family(
        _ name: String, _ type: DataType, _ summary: String, _ result: @escaping Result
    ) -> [ScalarFunction] {
        let first: [[ScalarFunction.ParameterType]] = [[], [.type(.timestamp)], [.type(.text)], [.type(.real)]]
        return first.map { parameters in
            ScalarFunction(
                name, parameters, variadic: parameters.isEmpty ? nil : .type(.text), returns: .type(type),
                volatility: .stable, summary: summary,
                .row(nullIfAnyNull: true) { (values, context) throws(Diagnostic) in
                    result(try moment(values, context))
                })
        }
    }

    static func julianDay(_ timestamp: Int64) -> Double { Double(timestamp) / 86_400e6 + julianEpoch }

    private static func wholeSeconds(_ timestamp: Int64) -> String {
        TimestampFormat.text(floorDivide(timestamp, 1_000_000) * 1_000_000)
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The time that a value and its modifiers mean.
    private static func moment(_ values: [Value], _ context: EvaluationContext) throws(Diagnostic) -> Int64 {
        guard let first = values.first else { return context.statementTime }
        var modifiers = values.dropFirst()
        var time: Int64
        switch first {
        case .timestamp(let value): time = value
        case .text(let text): time = try parse(text, context)
        case .real(let number):
            var seconds = (number - julianEpoch) * 86_400
            if case .text(let word)? = modifiers.first, word.lowercased() == "unixepoch" {
                seconds = number
                modifiers = modifiers.dropFirst()
            }
            guard let microseconds = Int64(exactly: (seconds * 1e6).rounded()) else { throw CalendarTime.outOfRange }
            time = microseconds
        default: return context.statementTime
        }
        for case .text(let modifier) in modifiers { time = try modified(time, modifier) }
        return time
    }

    private static func parse(_ text: String, _ context: EvaluationContext) throws(Diagnostic) -> Int64 {
        if text.lowercased() == "now" { return context.statementTime }
        // A time of day is one of 2000-01-01.
        let bytes = text.utf8
        if bytes.count >= 5, bytes.dropFirst(2).first == UInt8(ascii: ":") {
            return try TimestampFormat.parse("2000-01-01 " + text)
        }
        return try TimestampFormat.parse(text)
    }

    private static func modified(_ time: Int64, _ modifier: String) throws(Diagnostic) -> Int64 {
        let words = modifier.lowercased().split(separator: " ")
        var calendar = CalendarTime(time)
        switch (words.first, words.count) {
        case ("start", 3) where words[1] == "of":
            switch words[2] {
            case "day": break
            case "month": calendar.day = 1
            case "year": (calendar.month, calendar.day) = (1, 1)
            default: throw unknown(modifier)
            }
            calendar.microseconds = 0
            return try calendar.timestamp()
        case ("weekday", 2):
            guard let wanted = Int64(words[1]), (0...6).contains(wanted) else { throw unknown(modifier) }
            let days = (wanted - calendar.weekday + 7) % 7
            return try CalendarTime.add(time, days * CalendarTime.microsecondsPerDay)
        // All times are UTC.
        case ("utc", 1), ("localtime", 1), ("auto", 1), ("subsec", 1), ("subsecond", 1): return time
        default: break
        }
        let interval: Interval
        do throws(Diagnostic) { interval = try Interval(modifier) } catch { throw unknown(modifier) }
        var shifted = calendar
        if interval.months != 0 {
            // A day that the month lacks runs over into the next.
            shifted.day = 1
            shifted = try shifted.adding(months: interval.months)
            let start = try shifted.timestamp()
            var result = try CalendarTime.add(
                start, try CalendarTime.multiply(calendar.day - 1, CalendarTime.microsecondsPerDay))
            result = try CalendarTime.add(
                result, try CalendarTime.multiply(interval.days, CalendarTime.microsecondsPerDay))
            return try CalendarTime.add(result, interval.microseconds)
        }
        return try interval.added(to: time)
    }

    private static func unknown(_ modifier: String) -> Diagnostic {
        Diagnostic(
            .invalidTimestamp, "unknown modifier '\(modifier.prefix(60))' of a time",
            hint: "modifiers are '+1 day', '-2 months', 'start of month', 'start of year', 'weekday 0', 'unixepoch'")
    }
}
