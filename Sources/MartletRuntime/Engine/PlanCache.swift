// The plans of the last statements, so that a statement which is run again is neither parsed nor planned again.

import MartletPlanning

/// Plans by the statement's text and the types of its parameters. A session has one, and all sessions of a database
/// share one.
///
/// Two generations stand in for the order of use: what is used moves to the young one, and when that is full, the old
/// one is forgotten. O(1) a lookup.
struct PlanCache {
    private struct Key: Hashable {
        var text: String
        var types: ParameterTypes

        /// By bytes: `==` of strings takes a composed and a decomposed letter for the same, a literal does not.
        static func == (left: Key, right: Key) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8) && left.types == right.types
        }
    }

    private static let plansPerGeneration = 128
    /// Long statements are not worth the memory: they are seldom run twice.
    private static let textByteLimit = 8_192

    private var young: [Key: PreparedPlan] = [:]
    private var old: [Key: PreparedPlan] = [:]
    /// What was found last: a prepared statement in a loop is met here, without hashing.
    private var last: (key: Key, plan: PreparedPlan)?

    mutating func find(_ text: String, _ types: ParameterTypes) -> PreparedPlan? {
        let key = Key(text: text, types: types)
        if let last, last.key == key { return last.plan }
        if young.isEmpty || text.utf8.count > Self.textByteLimit { return nil }
        if let plan = young[key] {
            last = (key, plan)
            return plan
        }
        guard let plan = old[key] else { return nil }
        insert(key, plan)
        return plan
    }

    mutating func insert(_ text: String, _ types: ParameterTypes, _ plan: PreparedPlan) {
        guard text.utf8.count <= Self.textByteLimit else { return }
        insert(Key(text: text, types: types), plan)
    }

    private mutating func insert(_ key: Key, _ plan: PreparedPlan) {
        if young.count >= Self.plansPerGeneration {
            old = young
            young = [:]
        }
        young[key] = plan
        last = (key, plan)
    }
}
