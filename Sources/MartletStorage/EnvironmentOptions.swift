// How a database file is opened.

/// What a commit promises.
package enum Durability: String, CaseIterable, Hashable, Sendable {
    /// On disk when the commit returns.
    case full
    /// The last commits may be lost when power fails; the file stays whole.
    case normal
    /// Nothing is flushed: for temporary databases only, since a crash of the system may damage the file.
    case none
}

package struct EnvironmentOptions: Sendable {
    package var isReadOnly = false
    /// Whether a missing file is made.
    package var createsFile = true
    package var durability = Durability.full
    /// Address space for the file at first; sparse, so it costs nothing. Less is taken if there is not so much.
    package var mapBytes = 64 << 30
    /// How far the map may grow.
    package var maximumMapBytes = 16 << 40
    package var maximumReaders = 1_022

    package init() {}
}
