// Reads the settings of learners, and the grids of settings to try.

import MartletCore
import MartletExpressions
import MartletLanguage
import MartletLearning

extension OptionReader {
    /// The settings that are given, over the kind's own.
    func hyperparameters(of kind: LearnerKind) throws(Diagnostic) -> Hyperparameters {
        var result = Hyperparameters(of: kind)
        for option in options {
            guard let definition = Self.definition(option.name.name, kind) else { continue }
            result[definition.name] = try value(option.value, of: definition, name: option.name.name)
        }
        return result
    }

    /// All combinations of a grid's values, the last name changing fastest; the base alone without a grid.
    ///
    /// With fewer trials than combinations, so many of them are drawn by the seed.
    func candidates(
        of kind: LearnerKind, base: Hyperparameters, trials: Int?, seed: UInt64
    ) throws(Diagnostic) -> [Hyperparameters] {
        guard let grid = options.first(where: { $0.name.name.foldedName == "grid" }) else { return [base] }
        guard case .group(let axes, _) = grid.value else {
            throw Diagnostic(
                .invalidOption, "option 'grid' must be names with lists of values", at: grid.value.range,
                hint: "grid = (\(kind.hyperparameters[0].name) = (…, …))")
        }
        var candidates = [base]
        for axis in axes {
            guard let definition = Self.definition(axis.name.name, kind) else {
                let known = kind.hyperparameters.map(\.name)
                throw Diagnostic(
                    .unknownOption, "unknown setting '\(axis.name.name)' in the grid of \(kind.rawValue)",
                    at: axis.name.range,
                    hint: Suggestion.hint(for: axis.name.name, among: known)
                        ?? "known are \(known.joined(separator: ", "))")
            }
            var cells: [OptionValue] = [axis.value]
            if case .list(let items, _) = axis.value { cells = items }
            var values: [HyperparameterValue] = []
            for cell in cells { values.append(try value(cell, of: definition, name: axis.name.name)) }
            guard values.count * candidates.count <= Self.candidateLimit else {
                throw Diagnostic(
                    .limitExceeded, "the grid has more than \(Self.candidateLimit) combinations", at: grid.name.range)
            }
            candidates = candidates.flatMap { candidate in
                values.map { value in
                    var changed = candidate
                    changed[definition.name] = value
                    return changed
                }
            }
        }
        guard let trials, trials < candidates.count else { return candidates }
        var random = SeededRandom(seed: SeededRandom.mix(seed &+ 0x7472_6961_6C73))
        let chosen = candidates.indices.shuffled(using: &random).prefix(trials).sorted()
        return chosen.map { candidates[$0] }
    }

    /// The most combinations of a grid.
    private static let candidateLimit = 1_000

    private static func definition(_ name: String, _ kind: LearnerKind) -> Hyperparameter? {
        kind.hyperparameters.first { $0.name == name.foldedName || $0.alias == name.foldedName }
    }

    private func value(
        _ given: OptionValue, of definition: Hyperparameter, name: String
    ) throws(Diagnostic) -> HyperparameterValue {
        let value: HyperparameterValue?
        switch definition.domain {
        case .integers:
            var cells: [OptionValue] = [given]
            if case .list(let items, _) = given { cells = items }
            var numbers: [Int] = []
            for cell in cells {
                guard case .integer(let number) = try constant(cell, name) else {
                    throw mismatch(name, definition.allowed, cell.range)
                }
                numbers.append(Int(clamping: number))
            }
            value = .integers(numbers)
        case .integer:
            value =
                if case .integer(let number) = try constant(given, name) { .integer(Int(clamping: number)) } else {
                    nil
                }
        case .real:
            value =
                switch try constant(given, name) {
                case .integer(let number): .real(Double(number))
                case .real(let number): .real(number)
                default: nil
                }
        case .word:
            value = if case .text(let word) = try constant(given, name) { .word(word.foldedName) } else { nil }
        }
        guard let value, definition.allows(value) else { throw mismatch(name, definition.allowed, given.range) }
        return value
    }

    private func constant(_ given: OptionValue, _ name: String) throws(Diagnostic) -> Value {
        guard case .expression(let expression) = given else {
            throw Diagnostic(.invalidOption, "option '\(name)' takes one value", at: given.range)
        }
        if case .column(let reference) = expression, reference.table == nil { return .text(reference.column.name) }
        let bound = try ExpressionBinder(binder, columns: [], context: nil, clause: "an option").bind(expression)
        guard let constant = ConstantFolding.fold(bound).constantValue else {
            throw Diagnostic(.notConstant, "option '\(name)' must be a constant", at: expression.range)
        }
        return constant
    }

    /// `monotone = (age = 1, debt = -1)`: the names with their directions.
    func monotone() throws(Diagnostic) -> [(name: Identifier, sign: Int8)] {
        let name = "monotone"
        guard let option = options.first(where: { $0.name.name.foldedName == name }) else { return [] }
        let allowed = "1, 0 or -1 for some columns: (age = 1, debt = -1)"
        guard case .group(let entries, _) = option.value else { throw mismatch(name, allowed, option.value.range) }
        var signs: [(name: Identifier, sign: Int8)] = []
        for entry in entries {
            guard case .integer(let number) = try constant(entry.value, name), (-1...1).contains(number) else {
                throw mismatch(name, allowed, entry.value.range)
            }
            signs.append((entry.name, Int8(number)))
        }
        return signs
    }

    /// `class_weights = balanced`, or `(spam = 3, ham = 1)`.
    func classWeights() throws(Diagnostic) -> TrainingRequest.ClassWeights {
        let name = "class_weights"
        guard let option = options.first(where: { $0.name.name.foldedName == name }) else { return .equal }
        guard case .group(let entries, _) = option.value else {
            if case .text(let word) = try constant(option.value, name), word.foldedName == "balanced" {
                return .balanced
            }
            throw mismatch(name, "'balanced' or a weight for each class: (spam = 3, ham = 1)", option.value.range)
        }
        var weights: [String: Double] = [:]
        for entry in entries {
            let number: Double? =
                switch try constant(entry.value, name) {
                case .integer(let number): Double(number)
                case .real(let number): number
                default: nil
                }
            guard let number, number > 0, number <= 1e6 else {
                throw mismatch(name, "numbers above 0, and at most 1000000", entry.value.range)
            }
            weights[entry.name.name] = number
        }
        return .given(weights)
    }
}
