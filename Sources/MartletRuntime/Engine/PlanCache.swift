// The plans of a session's last statements.

import MartletPlanning

/// Plans by the statement's text and the types of its parameters.
struct PlanCache {
    private struct Key: Hashable {
        var text: String
        var types: ParameterTypes
    }

    private static let capacity = 128
    private var plans: [Key: PreparedPlan] = [:]
    private var order: [Key] = []
    /// What was found last: a prepared statement in a loop is met here, by the identity of its text, without hashing.
    private var last: (key: Key, plan: PreparedPlan)?

    mutating func find(_ text: String, _ types: ParameterTypes) -> PreparedPlan? {
        if let last, last.key.text == text, last.key.types == types { return last.plan }
        if plans.isEmpty { return nil }
        let key = Key(text: text, types: types)
        guard let plan = plans[key] else { return nil }
        last = (key, plan)
        return plan
    }

    /// Long statements are not worth the memory: they are seldom run twice.
    mutating func insert(_ text: String, _ types: ParameterTypes, _ plan: PreparedPlan) {
        guard text.utf8.count <= 8_192 else { return }
        let key = Key(text: text, types: types)
        last = nil
        if plans.updateValue(plan, forKey: key) == nil { order.append(key) }
        if order.count > Self.capacity { plans[order.removeFirst()] = nil }
    }
}
