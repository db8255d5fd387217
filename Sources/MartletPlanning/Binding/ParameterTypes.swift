// The parameters that a statement is bound for.

package import MartletCore

/// The types of the values that a statement is run with. Positional ones come first, then named ones in order of name;
/// a plan is valid for exactly these types.
package struct ParameterTypes: Hashable, Sendable {
    package var positional: [DataType]
    /// Sorted by name.
    package var named: [(name: String, type: DataType)]

    package init(positional: [DataType] = [], named: [(name: String, type: DataType)] = []) {
        self.positional = positional
        self.named = named.count < 2 ? named : named.sorted { $0.name < $1.name }
    }

    package static let none = ParameterTypes()

    package static func == (left: ParameterTypes, right: ParameterTypes) -> Bool {
        left.positional == right.positional && left.named.elementsEqual(right.named) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(positional)
        for (name, type) in named {
            hasher.combine(name)
            hasher.combine(type)
        }
    }
}
