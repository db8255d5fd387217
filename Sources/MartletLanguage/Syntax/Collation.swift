// COLLATE: how texts are compared.

/// By which rule a comparison or an order takes texts.
package enum Collation: String, Hashable, Sendable, CaseIterable {
    /// Byte by byte: the rule where none is written.
    case binary = "BINARY"
    /// The letters A to Z without regard to case.
    case nocase = "NOCASE"
    /// Without the spaces at the end.
    case rtrim = "RTRIM"
}
