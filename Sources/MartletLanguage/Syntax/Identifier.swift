// Names.

package import MartletCore

/// A name as written, without its quotes. Names match without regard to ASCII case.
package struct Identifier: Hashable, Sendable {
    package var name: String
    package var location: Location

    package init(_ name: String, _ location: Location) {
        self.name = name
        self.location = location
    }

    package var range: SourceRange { location.range }
}

/// A table, view, model, deployment … with an optional schema: `sys.models`, `docs`.
package struct QualifiedName: Hashable, Sendable {
    package var schema: Identifier?
    package var name: Identifier

    package init(schema: Identifier? = nil, name: Identifier) {
        self.schema = schema
        self.name = name
    }

    package var range: SourceRange { (schema?.range).map { $0.union(name.range) } ?? name.range }

    /// `schema.name` as written.
    package var text: String { (schema.map { $0.name + "." } ?? "") + name.name }
}

/// `finder`, `finder@3`, `finder@prod`, `finder@latest`.
package struct ModelReference: Hashable, Sendable {
    package enum Version: Hashable, Sendable {
        case number(Int)
        case alias(Identifier)
    }

    package var name: Identifier
    package var version: Version?
    package var location: Location

    package init(name: Identifier, version: Version?, location: Location) {
        self.name = name
        self.version = version
        self.location = location
    }

    package var range: SourceRange { location.range }
}
