// Martlet: the public API.
//
// Owns     Database, Session, PreparedStatement, SQL with its interpolation, Row, values and their conversions, errors
//          and progress events. The only target with `public` declarations.
// Imports  everything below.
// Promises everything here is Sendable or bound to one closure; an async call never blocks a thread of Swift's
//          cooperative pool; a cancelled Task cancels its statement.
