// Functions of TIMESTAMP. Everything is UTC.

package import MartletCore
import MartletFormats

package enum TimeFunctions {
    static let all: [ScalarFunction] = [
        now("now"), now("current_timestamp"),
        ScalarFunction(
            "date_trunc", [.type(.text), .type(.timestamp)], returns: .type(.timestamp),
            summary: "the beginning of the microsecond … century in which a time lies",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case (.text(let unit), .timestamp(let time)) = (values[0], values[1]) else { return .null }
                return .timestamp(try truncate(time, to: unit))
            }),
        part("date_part"), part("extract"),
        ScalarFunction(
            "strftime", [.type(.text), .type(.timestamp)], returns: .type(.text),
            summary: "the time formatted: %Y %m %d %H %M %S %f %j %w %W %V %G %s %J %F %T %a %b %%",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case (.text(let format), .timestamp(let time)) = (values[0], values[1]) else { return .null }
                return .text(try Self.format(format, time))
            }),
        add("date_add", 1), add("date_sub", -1),
        ScalarFunction(
            "date_diff", [.type(.text), .type(.timestamp), .type(.timestamp)], returns: .type(.integer),
            summary: "how many boundaries of a unit lie between the first time and the second",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case (.text(let unit), .timestamp(let a), .timestamp(let b)) = (values[0], values[1], values[2])
                else { return .null }
                return .integer(try difference(unit, a, b))
            }),
        epoch("to_timestamp", [.type(.real)]), epoch("to_timestamp", [.type(.integer)]),
        ScalarFunction(
            "epoch", [.type(.timestamp)], returns: .type(.real), canFail: false, summary: "seconds since 1970-01-01",
            .batch { (arguments, count, _) throws(Diagnostic) in
                .reals(map(arguments[0].integers, count: count) { Double($0) / 1e6 })
            }),
        ScalarFunction(
            "epoch_us", [.type(.timestamp)], returns: .type(.integer), canFail: false,
            summary: "microseconds since 1970-01-01",
            .batch { (arguments, count, _) throws(Diagnostic) in
                .integers(map(arguments[0].integers, count: count) { $0 })
            }),
        ScalarFunction(
            "make_timestamp", [.type(.integer), .type(.integer), .type(.integer)], returns: .type(.timestamp),
            summary: "the beginning of a day given by year, month and day",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard
                    case (.integer(let year), .integer(let month), .integer(let day)) = (
                        values[0], values[1], values[2]
                    )
                else { return .null }
                guard year.magnitude < 290_000, month >= 1, month <= 12, day >= 1,
                    day <= TimestampFormat.dayCount(year: year, month: month)
                else { throw Diagnostic(.outOfRange, "\(year)-\(month)-\(day) is not a date") }
                let days = TimestampFormat.daysSinceEpoch(year: year, month: month, day: day)
                return .timestamp(try CalendarTime.multiply(days, CalendarTime.microsecondsPerDay))
            }),
    ]

    private static func now(_ name: String) -> ScalarFunction {
        ScalarFunction(
            name, [], returns: .type(.timestamp), volatility: .stable, canFail: false,
            summary: "the time at which the statement began",
            .row(nullIfAnyNull: false) { (_, context) throws(Diagnostic) in .timestamp(context.statementTime) })
    }

    private static func part(_ name: String) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.text), .type(.timestamp)], returns: .type(.real),
            summary: "a field of a time: year, month, day, hour, minute, second, dow, doy, week, quarter, epoch …",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case (.text(let field), .timestamp(let time)) = (values[0], values[1]) else { return .null }
                return .real(try Self.field(field, time))
            })
    }

    /// A call of extract or date_part as an INTEGER, where the field is a constant that always gives a whole number.
    package static func wholePart(
        _ name: String, _ arguments: [BoundExpression], at range: SourceRange
    ) throws(Diagnostic) -> BoundExpression? {
        guard wholeParts.contains(name), arguments.count == 2, case .text(let field)? = arguments[0].constantValue,
            !["second", "millisecond", "epoch"].contains(singular(field)), (try? Self.field(field, 0)) != nil
        else { return nil }
        return try wholeParts.call(name, arguments, at: range)
    }

    private static let wholeParts = FunctionRegistry(
        ["date_part", "extract"].map { name in
            ScalarFunction(
                name, [.type(.text), .type(.timestamp)], returns: .type(.integer), canFail: false,
                summary: "a field of a time that is a whole number",
                .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                    guard case (.text(let field), .timestamp(let time)) = (values[0], values[1]) else { return .null }
                    return .integer(Int64(try Self.field(field, time)))
                })
        })

    private static func add(_ name: String, _ sign: Int64) -> ScalarFunction {
        ScalarFunction(
            name, [.type(.timestamp), .type(.text)], returns: .type(.timestamp),
            summary: "the time \(sign > 0 ? "after" : "before") an interval such as '2 days' or '1 month 3 hours'",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                guard case (.timestamp(let time), .text(let text)) = (values[0], values[1]) else { return .null }
                return .timestamp(try Interval(text).added(to: time, sign: sign))
            })
    }

    private static func epoch(_ name: String, _ parameters: [ScalarFunction.ParameterType]) -> ScalarFunction {
        ScalarFunction(
            name, parameters, returns: .type(.timestamp), summary: "the time so many seconds after 1970-01-01",
            .row(nullIfAnyNull: true) { (values, _) throws(Diagnostic) in
                try ValueConversion.convert(values[0], to: .timestamp)
            })
    }

    private static let unitHint =
        "units are microsecond, millisecond, second, minute, hour, day, week, month, quarter, year, decade, century"

    static func singular(_ unit: String) -> String {
        let lower = unit.lowercased()
        return lower.hasSuffix("s") && lower.utf8.count > 1 ? String(lower.dropLast()) : lower
    }

    private static func unknown(_ unit: String) -> Diagnostic {
        Diagnostic(.outOfRange, "unknown unit of time '\(unit)'", hint: unitHint)
    }

    private static func truncate(_ timestamp: Int64, to unit: String) throws(Diagnostic) -> Int64 {
        var time = CalendarTime(timestamp)
        func keep(_ step: Int64) -> Int64 { time.microseconds - time.microseconds % step }
        switch singular(unit) {
        case "microsecond": return timestamp
        case "millisecond": time.microseconds = keep(1_000)
        case "second": time.microseconds = keep(1_000_000)
        case "minute": time.microseconds = keep(60_000_000)
        case "hour": time.microseconds = keep(3_600_000_000)
        case "day": time.microseconds = 0
        case "week":
            let monday = time.days - (time.weekday + 6) % 7
            return try CalendarTime.multiply(monday, CalendarTime.microsecondsPerDay)
        case "month", "quarter", "year", "decade", "century", "centurie":
            time.microseconds = 0
            time.day = 1
            switch singular(unit) {
            case "month": break
            case "quarter": time.month -= (time.month - 1) % 3
            case "year": time.month = 1
            case "decade":
                time.month = 1
                time.year -= (time.year % 10 + 10) % 10
            default:
                time.month = 1
                time.year -= ((time.year - 1) % 100 + 100) % 100
            }
        default: throw unknown(unit)
        }
        return try time.timestamp()
    }

    private static func field(_ name: String, _ timestamp: Int64) throws(Diagnostic) -> Double {
        let time = CalendarTime(timestamp)
        switch singular(name) {
        case "year": return Double(time.year)
        case "month": return Double(time.month)
        case "day": return Double(time.day)
        case "hour": return Double(time.hour)
        case "minute": return Double(time.minute)
        case "second": return Double(time.microseconds % 60_000_000) / 1e6
        case "millisecond": return Double(time.microseconds % 60_000_000) / 1e3
        case "microsecond": return Double(time.microseconds % 60_000_000)
        case "dow": return Double(time.weekday)
        case "isodow": return Double((time.weekday + 6) % 7 + 1)
        case "doy": return Double(time.dayOfYear)
        case "week": return Double(time.isoWeek.week)
        case "isoyear": return Double(time.isoWeek.year)
        case "quarter": return Double((time.month - 1) / 3 + 1)
        case "decade":
            return Double(time.year) / 10 < 0 ? (Double(time.year) / 10).rounded(.down) : Double(time.year / 10)
        case "century", "centurie": return Double(time.year > 0 ? (time.year - 1) / 100 + 1 : time.year / 100 - 1)
        case "epoch": return Double(timestamp) / 1e6
        default:
            throw Diagnostic(
                .outOfRange, "unknown field of time '\(name)'",
                hint: "fields are year, month, day, hour, minute, second, dow, doy, week, quarter, epoch")
        }
    }

    private static func difference(_ unit: String, _ a: Int64, _ b: Int64) throws(Diagnostic) -> Int64 {
        let from = CalendarTime(a)
        let to = CalendarTime(b)
        func steps(_ length: Int64) -> Int64 { floorDivide(b, length) - floorDivide(a, length) }
        switch singular(unit) {
        case "microsecond": return try CalendarTime.add(b, -max(a, -.max))
        case "millisecond": return steps(1_000)
        case "second": return steps(1_000_000)
        case "minute": return steps(60_000_000)
        case "hour": return steps(3_600_000_000)
        case "day": return to.days - from.days
        // 1970-01-05 was a Monday.
        case "week": return floorDivide(to.days - 4, 7) - floorDivide(from.days - 4, 7)
        case "month": return (to.year - from.year) * 12 + to.month - from.month
        case "quarter": return (to.year - from.year) * 4 + (to.month - 1) / 3 - (from.month - 1) / 3
        case "year": return to.year - from.year
        default: throw unknown(unit)
        }
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
        return remainder < 0 ? quotient - 1 : quotient
    }

    static func format(_ format: String, _ timestamp: Int64) throws(Diagnostic) -> String {
        let time = CalendarTime(timestamp)
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number.magnitude)
            return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        var result = ""
        var scalars = format.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            guard let code = scalars.next() else { throw Diagnostic(.invalidPattern, "the format ends with '%'") }
            switch code {
            case "Y": result += padded(time.year, 4)
            case "m": result += padded(time.month, 2)
            case "d": result += padded(time.day, 2)
            case "e": result += time.day < 10 ? " \(time.day)" : "\(time.day)"
            case "H": result += padded(time.hour, 2)
            case "I": result += padded((time.hour + 11) % 12 + 1, 2)
            case "p": result += time.hour < 12 ? "AM" : "PM"
            case "M": result += padded(time.minute, 2)
            case "S": result += padded(time.second, 2)
            case "f": result += padded(time.second, 2) + "." + padded(time.microseconds / 1_000 % 1_000, 3)
            case "j": result += padded(time.dayOfYear, 3)
            case "w": result += "\(time.weekday)"
            case "u": result += "\((time.weekday + 6) % 7 + 1)"
            // Weeks from the year's first Monday.
            case "W": result += padded((time.dayOfYear + 6 - (time.weekday + 6) % 7) / 7, 2)
            case "V": result += padded(time.isoWeek.week, 2)
            case "G": result += padded(time.isoWeek.year, 4)
            case "s": result += "\(floorDivide(timestamp, 1_000_000))"
            case "F": result += "\(padded(time.year, 4))-\(padded(time.month, 2))-\(padded(time.day, 2))"
            case "J": result += "\(DateFunctions.julianDay(timestamp))"
            case "T": result += "\(padded(time.hour, 2)):\(padded(time.minute, 2)):\(padded(time.second, 2))"
            case "R": result += "\(padded(time.hour, 2)):\(padded(time.minute, 2))"
            case "a": result += days[Int(time.weekday)].prefix(3)
            case "A": result += days[Int(time.weekday)]
            case "b": result += months[Int(time.month - 1)].prefix(3)
            case "B": result += months[Int(time.month - 1)]
            case "%": result += "%"
            default: throw Diagnostic(.invalidPattern, "unknown code '%\(code)' in the format of a time")
            }
        }
        return result
    }
}
