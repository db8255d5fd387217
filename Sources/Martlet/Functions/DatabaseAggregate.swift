// Aggregates that are written in Swift.

import MartletCore
import MartletExpressions

/// An aggregate's state for one group of rows.
///
/// ```swift
/// struct Product: DatabaseAggregate {
///     var product = 1.0
///     mutating func step(_ arguments: [DatabaseValue]) { product *= Double(databaseValue: arguments[0]) ?? 1 }
///     mutating func merge(_ later: Product) { product *= later.product }
///     func finalize() -> Double { product }
/// }
/// ```
///
/// Errors end the statement with `E0311` at the call. The methods must not use the database.
public protocol DatabaseAggregate: Sendable {
    associatedtype Result: DatabaseValueConvertible

    /// The state of a group without rows.
    init()

    /// Adds a row. Rows with a NULL argument are left out, unless the aggregate is registered as called on NULL.
    mutating func step(_ arguments: [DatabaseValue]) throws

    /// Adds the rows that another state has seen. They come after this one's: large inputs are split, always at the same
    /// rows.
    mutating func merge(_ later: Self) throws

    /// The result. May be asked for more than once, with rows added between, as a window grows.
    func finalize() throws -> Result
}

/// The states of all groups.
final class RegisteredAggregateState<Aggregate: DatabaseAggregate>: AggregateState {
    private let name: String
    private let type: DataType
    private let isCalledOnNull: Bool
    private var groups: [Aggregate] = []

    init(_ name: String, _ type: DataType, isCalledOnNull: Bool) {
        self.name = name
        self.type = type
        self.isCalledOnNull = isCalledOnNull
    }

    private func grow(to count: Int) {
        while groups.count < count { groups.append(Aggregate()) }
    }

    func update(groups rows: [Int32]?, groupCount: Int, arguments: [Column], count: Int) throws(Diagnostic) {
        grow(to: max(1, groupCount))
        for row in 0..<count {
            if !isCalledOnNull, arguments.contains(where: { $0.isNull(row) }) { continue }
            let values = arguments.map { DatabaseValue($0[row]) }
            do {
                try groups[rows.map { Int($0[row]) } ?? 0].step(values)
            } catch {
                throw FunctionResult.failed(name, error)
            }
        }
    }

    func merge(_ other: any AggregateState, groupMap: [Int32], groupCount: Int) throws(Diagnostic) {
        guard let other = other as? Self else { preconditionFailure("states of different aggregates") }
        grow(to: groupCount)
        for (group, state) in other.groups.enumerated() where group < groupMap.count {
            do {
                try groups[Int(groupMap[group])].merge(state)
            } catch {
                throw FunctionResult.failed(name, error)
            }
        }
    }

    func finish(groupCount: Int) throws(Diagnostic) -> Column {
        grow(to: groupCount)
        var builder = ColumnBuilder(type: type, reserving: groupCount)
        for group in 0..<groupCount {
            let value: DatabaseValue
            do {
                value = try groups[group].finalize().databaseValue
            } catch {
                throw FunctionResult.failed(name, error)
            }
            builder.append(try FunctionResult.value(value, of: name, as: type))
        }
        return builder.finish()
    }
}
