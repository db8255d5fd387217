// The plans of the last statements, so that a statement which is run again is neither parsed nor planned again.

import MartletPlanning

/// Plans by the statement's text and the types of its parameters. All sessions of a database share one; a session has
/// another for definitions that only its transaction sees.
///
/// Two generations stand in for the order of use: what is used moves to the young one, and when that is full, the old
/// one is forgotten. O(1) a lookup.
struct PlanCache {
    struct Key: Hashable {
        let text: String
        let types: ParameterTypes
        /// Computed once: a key is looked for in several places.
        let hash: Int

        init(text: String, types: ParameterTypes) {
            self.text = text
            self.types = types
            var hasher = Hasher()
            hasher.combine(text)
            hasher.combine(types.positional.count)
            hash = hasher.finalize()
        }

        /// By bytes: `==` of strings takes a composed and a decomposed letter for the same, a literal does not.
        static func == (left: Key, right: Key) -> Bool {
            if left.hash != right.hash { return false }
            let hasSameText = left.text.utf8.withContiguousStorageIfAvailable { leftBytes in
                right.text.utf8.withContiguousStorageIfAvailable { rightBytes in
                    leftBytes.count == rightBytes.count && leftBytes.elementsEqual(rightBytes)
                }
            }
            guard (hasSameText ?? nil) ?? left.text.utf8.elementsEqual(right.text.utf8) else { return false }
            return left.types == right.types
        }

        func hash(into hasher: inout Hasher) { hasher.combine(hash) }
    }

    private static let plansPerGeneration = 128
    /// Long statements are not worth the memory: they are seldom run twice.
    private static let textByteLimit = 8_192

    private var young: [Key: PreparedPlan] = [:]
    private var old: [Key: PreparedPlan] = [:]

    mutating func find(_ key: Key) -> PreparedPlan? {
        if young.isEmpty || key.text.utf8.count > Self.textByteLimit { return nil }
        if let plan = young[key] { return plan }
        guard let plan = old[key] else { return nil }
        insert(key, plan)
        return plan
    }

    mutating func insert(_ key: Key, _ plan: PreparedPlan) {
        guard key.text.utf8.count <= Self.textByteLimit else { return }
        if young.count >= Self.plansPerGeneration {
            swap(&old, &young)
            young.removeAll(keepingCapacity: true)
        }
        young[key] = plan
    }
}

/// The plan that a prepared statement was last run with: in a loop, not even its text is looked up.
///
/// `@unchecked Sendable`: only the session that the statement belongs to touches it, while it starts a statement, and it
/// starts one at a time.
package final class PlanMemo: @unchecked Sendable {
    var plan: PreparedPlan?

    package init() {}
}
