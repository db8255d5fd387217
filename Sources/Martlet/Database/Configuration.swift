// How a database is opened.

import MartletRuntime
import MartletStorage

extension Database {
    /// How a database is opened.
    ///
    /// ```swift
    /// let database = try Database(path: "library.martlet", configuration: .init(isReadOnly: true))
    /// ```
    public struct Configuration: Hashable, Sendable {
        /// What a commit promises.
        public enum Durability: Hashable, Sendable {
            /// On disk when the commit returns.
            case full
            /// The last commits may be lost when power fails; the file stays whole.
            case normal
        }

        public var isReadOnly: Bool
        public var durability: Durability
        /// Threads of TRAIN and index builds; 0 is as many as there are cores.
        public var threads: Int
        /// Bytes that one statement's sorts, hash tables and kept rows may hold; a text index that is filled writes a
        /// segment whenever its documents take a quarter of it.
        public var statementMemoryBytes: Int

        public init(
            isReadOnly: Bool = false, durability: Durability = .full, threads: Int = 0,
            statementMemoryBytes: Int = 1 << 30
        ) {
            self.isReadOnly = isReadOnly
            self.durability = durability
            self.threads = threads
            self.statementMemoryBytes = statementMemoryBytes
        }

        var engineOptions: EngineOptions {
            EngineOptions(
                isReadOnly: isReadOnly, durability: durability == .full ? .full : .normal, threads: max(0, threads),
                statementMemoryBytes: max(0, statementMemoryBytes))
        }
    }
}
