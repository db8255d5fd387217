// The settings of learners: names, bounds and defaults, as data that statements are read by.

/// One setting of a kind of model.
package struct Hyperparameter: Hashable, Sendable {
    package enum Domain: Hashable, Sendable {
        case integer(ClosedRange<Int>)
        case real(ClosedRange<Double>)
        case word([String])
        /// Whole numbers, so many at most.
        case integers(ClosedRange<Int>, count: ClosedRange<Int>)
    }

    package var name: String
    /// Another name under which statements may give it.
    package var alias: String?
    package var domain: Domain
    /// nil: chosen by the data.
    package var standard: HyperparameterValue?

    package init(
        _ name: String, alias: String? = nil, _ domain: Domain, _ standard: HyperparameterValue?
    ) {
        self.name = name
        self.alias = alias
        self.domain = domain
        self.standard = standard
    }

    /// What values are allowed, in words.
    package var allowed: String {
        switch domain {
        case .integer(let bounds): "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .real(let bounds): "a number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .word(let words): words.map { "'\($0)'" }.joined(separator: " or ")
        case .integers(let bounds, let count):
            "\(count.lowerBound) to \(count.upperBound) whole numbers from \(bounds.lowerBound) to \(bounds.upperBound)"
        }
    }

    /// Whether a value is in the domain.
    package func allows(_ value: HyperparameterValue) -> Bool {
        switch (domain, value) {
        case (.integer(let bounds), .integer(let number)): bounds.contains(number)
        case (.real(let bounds), .real(let number)): bounds.contains(number)
        case (.word(let words), .word(let word)): words.contains(word)
        case (.integers(let bounds, let count), .integers(let numbers)):
            count.contains(numbers.count) && numbers.allSatisfy(bounds.contains)
        default: false
        }
    }
}

package enum HyperparameterValue: Hashable, Sendable {
    case integer(Int)
    case real(Double)
    case word(String)
    case integers([Int])
}

extension HyperparameterValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .word(let word): word
        case .integers(let numbers): "(\(numbers.map(String.init).joined(separator: ", ")))"
        }
    }
}

/// The settings of one fit: those given, and the kind's own for the others.
package struct Hyperparameters: Hashable, Sendable {
    package private(set) var values: [String: HyperparameterValue] = [:]

    package init() {}

    package init(of kind: LearnerKind) {
        for definition in kind.hyperparameters { values[definition.name] = definition.standard }
    }

    package subscript(name: String) -> HyperparameterValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// By name.
    package var sorted: [(name: String, value: HyperparameterValue)] {
        values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    func integer(_ name: String) -> Int? { if case .integer(let number) = values[name] { number } else { nil } }

    func real(_ name: String) -> Double? { if case .real(let number) = values[name] { number } else { nil } }

    func word(_ name: String) -> String? { if case .word(let word) = values[name] { word } else { nil } }

    func integers(_ name: String) -> [Int]? { if case .integers(let numbers) = values[name] { numbers } else { nil } }

    /// Sets a setting of an options structure if it is given.
    func set(_ name: String, _ target: inout Int) { if let number = integer(name) { target = number } }

    func set(_ name: String, _ target: inout Double) { if let number = real(name) { target = number } }
}
