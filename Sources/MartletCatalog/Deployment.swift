// Model versions in service.

package struct Deployment: Hashable, Sendable, Codable {
    package var id: UInt32
    package var name: String
    package var modelID: UInt32
    package var version: Int
    /// Model and version before the last swap, newest last: what ROLLBACK DEPLOYMENT returns to.
    package var history: [Target]
    package var minimumReplicas: Int
    package var maximumReplicas: Int
    /// Waiting calls above this number are refused.
    package var queueLimit: Int
    package var timeoutMilliseconds: Int
    /// Microseconds since 1970-01-01 UTC.
    package var created: Int64

    package struct Target: Hashable, Sendable, Codable {
        package var modelID: UInt32
        package var version: Int

        package init(modelID: UInt32, version: Int) {
            self.modelID = modelID
            self.version = version
        }
    }

    package init(
        id: UInt32, name: String, modelID: UInt32, version: Int, history: [Target] = [], minimumReplicas: Int = 1,
        maximumReplicas: Int = 1, queueLimit: Int = 256, timeoutMilliseconds: Int = 2_000, created: Int64
    ) {
        self.id = id
        self.name = name
        self.modelID = modelID
        self.version = version
        self.history = history
        self.minimumReplicas = minimumReplicas
        self.maximumReplicas = maximumReplicas
        self.queueLimit = queueLimit
        self.timeoutMilliseconds = timeoutMilliseconds
        self.created = created
    }
}
