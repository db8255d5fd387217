// The values that a statement is run with.

package import MartletCore
import MartletPlanning

package struct ParameterValues: Sendable {
    /// For `?` and `?3`, from the first on.
    package var positional: [Value]
    /// For `:name`, without the colon.
    package var named: [String: Value]

    package init(positional: [Value] = [], named: [String: Value] = [:]) {
        self.positional = positional
        self.named = named
    }

    package static let none = ParameterValues()

    var isEmpty: Bool { positional.isEmpty && named.isEmpty }

    /// Positional values of columns whose types are known: a NULL then has its column's type.
    init(positional: [Value], types: [DataType]) {
        self.positional = positional
        named = [:]
        columnTypes = types
    }

    private var columnTypes: [DataType]?

    var types: ParameterTypes {
        ParameterTypes(
            positional: columnTypes ?? positional.map(\.type),
            named: named.map { (name: $0.key, type: $0.value.type) })
    }

    /// Whether a plan for these types is one for these values.
    func fit(_ types: ParameterTypes) -> Bool {
        guard named.isEmpty, types.named.isEmpty, columnTypes == nil else { return self.types == types }
        guard positional.count == types.positional.count else { return false }
        for (value, type) in zip(positional, types.positional) where value.type != type { return false }
        return true
    }

    /// In the order in which plans number them: positional, then named ones by name.
    var values: [Value] {
        named.isEmpty ? positional : positional + named.sorted { $0.key < $1.key }.map(\.value)
    }
}
