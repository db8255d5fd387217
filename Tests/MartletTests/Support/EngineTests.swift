// The parent of all suites here.

import Testing

/// Serialized: each test keeps the machine busy by itself, and those of other targets measure time.
@Suite(.serialized) enum EngineTests {}
