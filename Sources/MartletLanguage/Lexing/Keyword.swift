// The words that the grammar gives a meaning to.

/// A keyword. Most are contextual: they may name a column, a table or an alias without quotes.
package enum Keyword: UInt8, CaseIterable, Hashable, Sendable {
    // Reserved: never a name without quotes.
    case all, and, `as`, between, `case`, cross, `default`, distinct, `else`, end, except, `false`, `for`, from, group,
        having, `in`, inner, intersect, into, `is`, join, left, like, limit, natural, not, null, offset, on, or, order,
        select, set, then, `true`, union, using, values, when, `where`, with, current_timestamp

    // Guarded: a name, but an alias only after AS; the printer quotes them.
    case after, asc, collate, desc, escape, exists, filter, full, fuse, glob, ilike, isnull, notnull, nulls, over,
        regexp, rerank, `return`, returning, right, row, weight, window, within

    // Contextual.
    case abort, action, add, aggregate, alias, alter, always, analyze, artifact, associate, async, at, attribute, auto,
        backup,
        before, begin, branch, by, call, cancel, cascade, cast, chart, check, click, column, comment, commit, compare,
        conflict, constraint, copy, create, current, database, dataset, date, deferred, delete, deploy, deployment,
        diff, `do`,
        document, downvote, drop, ensemble, evaluate, every, exclude, exclusive, experiment, explain, export, extract,
        first,
        following,
        foreign, format, generated, grant, groups, `if`, ignore, immediate, `import`, index,
        indexed, insert, interval, job, key, label,
        last, latest,
        linear, lineage, list, lock, log, match, materialized, mean, member, merge, metric, model, monitor, near, no,
        nothing, observation, of, only, others, outer, param, partition, password, pragma, preceding, precision,
        predict,
        primary, project, query, range, rank, read, recall, recursive, references, refresh, reindex, release, rename,
        replace,
        replicas, report, restart, restore, restrict, resume, retry, revert, revoke, rollback, rounds, rowid, rows, rrf,
        run,
        runs, savepoint, schedule, search, server, servers, shards, show, shutdown, snapshot, stage, start, status,
        stop,
        stored, `switch`, system, table, tag, team, temp, temporary, ties, timestamp, to, top, train, transaction,
        unbounded,
        undeploy, unique, unlock, update, upvote, use, user, version, view, visibility, wait, watch, without, work,
        write

    package enum Class: String, CaseIterable, Sendable {
        /// Never a name without quotes.
        case reserved
        /// A name, but an alias only after AS.
        case guarded
        /// A name and an alias everywhere.
        case contextual
    }

    package var `class`: Class {
        if rawValue <= Keyword.current_timestamp.rawValue { return .reserved }
        return rawValue <= Keyword.within.rawValue ? .guarded : .contextual
    }

    /// The keyword in capital letters.
    package var spelling: String { "\(self)".uppercased() }

    /// The words that a statement can start with.
    package static let verbs: [Keyword] = [
        .alter, .analyze, .associate, .backup, .begin, .branch, .call, .cancel, .chart, .comment, .commit, .compare,
        .copy, .create, .delete, .deploy, .diff, .downvote, .drop, .evaluate, .explain, .export, .grant, .import,
        .insert, .lineage, .list, .log, .merge, .pragma, .predict, .refresh, .reindex, .release, .replace, .report,
        .restart, .restore,
        .resume, .retry, .revert, .revoke, .rollback, .savepoint, .search, .select, .show, .shutdown, .snapshot, .start,
        .stop, .switch, .system, .tag, .train, .undeploy, .update, .upvote, .use, .values, .wait, .watch, .with,
    ]
}

/// A set of keywords: four words of bits, so that the parser can note what it looked for at no cost.
package struct KeywordSet: Hashable, Sendable {
    private var bits = SIMD4<UInt64>()

    package init() {}

    package mutating func insert(_ keyword: Keyword) {
        bits[Int(keyword.rawValue >> 6)] |= 1 << UInt64(keyword.rawValue & 63)
    }

    package func contains(_ keyword: Keyword) -> Bool {
        bits[Int(keyword.rawValue >> 6)] & (1 << UInt64(keyword.rawValue & 63)) != 0
    }

    /// In the order of declaration.
    package var members: [Keyword] { Keyword.allCases.filter(contains) }
}
