// Measured figures, and the clock.

import Foundation

/// One line of results: names with texts or numbers, in order.
package struct Figures {
    enum Value {
        case text(String)
        case number(Double)
    }

    private(set) var members: [(name: String, value: Value)] = []

    /// - Parameter task: as the scripts that measure other systems name it, so that lines can be compared.
    init(task: String) {
        add("task", task)
        add("system", "martlet")
    }

    mutating func add(_ name: String, _ text: String) { members.append((name, .text(text))) }

    mutating func add(_ name: String, _ number: Double) { members.append((name, .number(number))) }

    mutating func add(_ name: String, _ number: Int) { add(name, Double(number)) }

    package subscript(name: String) -> Double? {
        guard case .number(let number) = members.first(where: { $0.name == name })?.value else { return nil }
        return number
    }

    package var json: String {
        let parts = members.map { member -> String in
            switch member.value {
            case .text(let text): "\"\(member.name)\": \"\(text)\""
            case .number(let number): "\"\(member.name)\": \(Self.rounded(number))"
            }
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    /// Whole numbers as such, others with four digits behind the point.
    private static func rounded(_ number: Double) -> String {
        guard number.isFinite else { return "null" }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int(number)) }
        return String((number * 10_000).rounded() / 10_000)
    }
}

/// The seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let time = try ContinuousClock().measure(body).components
    return Double(time.seconds) + Double(time.attoseconds) * 1e-18
}

/// How often a second `body`, which does `count` things, does one: the best of passes that last `atLeast` seconds in all.
func bestRate(_ count: Int, atLeast: Double = 1, _ body: () throws -> Void) rethrows -> Double {
    var best = 0.0
    var spent = 0.0
    repeat {
        let time = try seconds(body)
        spent += time
        best = max(best, Double(count) / time)
    } while spent < atLeast
    return best
}
