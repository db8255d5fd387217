// Looking through a syntax tree's expression.

import MartletLanguage

extension Expression {
    /// Whether `predicate` holds for this node or one below it, not looking into subqueries.
    func contains(where predicate: (Expression) -> Bool) -> Bool {
        // A loop along the left side: long chains lean that way.
        var node = self
        while true {
            if predicate(node) { return true }
            switch node {
            case .binary(let left, _, let right, _, _):
                if right.contains(where: predicate) { return true }
                node = left
                continue
            case .literal, .parameter, .column, .subquery, .exists, .columnDefault: return false
            case .unary(_, let operand, _), .isNull(let operand, _, _), .cast(let operand, _, _),
                .collate(let operand, _, _),
                .inSelect(let operand, _, _, _):
                node = operand
                continue
            case .between(let operand, let low, let high, _, _):
                return [operand, low, high].contains { $0.contains(where: predicate) }
            case .inList(let operand, let items, _, _):
                return operand.contains(where: predicate) || items.contains { $0.contains(where: predicate) }
            case .match(let match):
                return [match.value, match.pattern].contains { $0.contains(where: predicate) }
                    || match.escape?.contains(where: predicate) ?? false
            case .conditional(let operand, let branches, let otherwise, _):
                return operand?.contains(where: predicate) ?? false
                    || branches.contains {
                        $0.condition.contains(where: predicate) || $0.result.contains(where: predicate)
                    }
                    || otherwise?.contains(where: predicate) ?? false
            case .call(let call):
                if call.arguments.contains(where: { $0.contains(where: predicate) }) { return true }
                guard let window = call.over else { return false }
                return window.partitionBy.contains { $0.contains(where: predicate) }
                    || window.orderBy.contains { $0.expression.contains(where: predicate) }
                    || call.filter?.contains(where: predicate) ?? false
            case .row(let items, _): return items.contains { $0.contains(where: predicate) }
            }
        }
    }
}
