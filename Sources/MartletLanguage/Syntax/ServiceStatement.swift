// Statements about servers, jobs, schedules, feedback and people.

package indirect enum ServiceStatement: Hashable, Sendable {
    case shutdown(Location)
}
