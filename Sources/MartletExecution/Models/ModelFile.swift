// Models as files: EXPORT MODEL and IMPORT MODEL.
//
// bytes          content
// 0 ..< 8        "MARTLETM"
// 8 ..< 12       the format's version, 1
// 12 ..< 20      m, the manifest's number of bytes
// 20 ..< 20+m    the manifest: a JSON object in UTF-8 with kind, model, version, features, label, rows, digest, engine
// then 8 bytes   p, the parameters' number of bytes
// then p bytes   the parameters, as they are in the database: format and CRC-32C of their own
// last 4 bytes   CRC-32C of all before
//
// Numbers are little-endian. A reader refuses later versions of the format, and whatever does not add up.

import MartletCatalog
import MartletCore
import MartletExpressions
import MartletFormats
import MartletKernels
import MartletLearning
import MartletPlanning
import MartletStorage

enum ModelFile {
    private static let magic = Array("MARTLETM".utf8)
    private static let version: UInt32 = 1
    private static let limitBytes = 4 << 30

    // MARK: Export

    static func export(
        _ model: Model, _ version: ModelVersion, to path: String, _ context: ExecutionContext
    ) throws(Diagnostic) {
        let parameters = try ModelBytes.read(version, context.view)
        let manifest = Array(self.manifest(model, version).description.utf8)
        var bytes = magic
        append(Self.version, to: &bytes)
        append(UInt64(manifest.count), to: &bytes)
        bytes += manifest
        append(UInt64(parameters.count), to: &bytes)
        bytes += parameters
        append(Checksum.crc32c(bytes), to: &bytes)
        let sink = try ByteSink(path: path)
        try sink.write(bytes)
        try sink.finish()
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func manifest(_ model: Model, _ version: ModelVersion) -> JSONValue {
        func column(_ column: ModelSignature.Column) -> JSONValue {
            .object([
                JSONMember(key: "name", value: .string(column.name)),
                JSONMember(key: "type", value: .string(column.type.description)),
            ])
        }
        return .object([
            JSONMember(key: "kind", value: .string(model.kind.rawValue)),
            JSONMember(key: "model", value: .string(model.name)),
            JSONMember(key: "version", value: .integer(Int64(version.number))),
            JSONMember(key: "features", value: .array((version.signature?.features ?? []).map(column))),
            JSONMember(key: "label", value: (version.signature?.label).map(column) ?? .null),
            JSONMember(key: "rows", value: .integer(Int64(version.rows))),
            JSONMember(key: "digest", value: .string(version.digest)),
            JSONMember(key: "engine", value: .string("martlet \(MartletVersion.current)")),
        ])
    }

    // MARK: Import

    /// Publishes the model of a file as the next version of `name`, with a run of its own.
    static func `import`(
        _ name: String, from path: String, statement: String, _ context: ExecutionContext
    ) throws(Diagnostic) -> Batch {
        let bytes = try ByteSource(path: path, content: .binary).readAll(limit: limitBytes)
        let content = try read(bytes, path)
        let trained = try TrainedModel(bytes: content.parameters)
        guard let kind = Model.Kind(rawValue: trained.kind.rawValue) else {
            throw Diagnostic(.corrupt, "the model's kind is unknown", place: path)
        }
        let view = try context.writable()
        let known = context.catalog.model(named: name)
        if let known, known.kind != kind {
            throw Diagnostic(
                .wrongModelKind, "model \(known.name) is a \(known.kind.rawValue), the file holds a \(kind.rawValue)")
        }
        let id = if let known { known.id } else { try CatalogStore.nextID(view) }
        var model = known ?? Model(id: id, name: name, kind: kind)
        let number = model.nextVersion
        model.nextVersion += 1
        let digest = TrainingResult.hexadecimal(ModelDigest.of(content.parameters))
        let time = context.evaluation.statementTime
        let values: [Value] = [
            .null, .text(name), .integer(Int64(number)), .text(kind.rawValue), .text("finished"), .text(statement),
            .null, .integer(1), .integer(content.rows), .json(content.manifest), .null, .null, .timestamp(time),
            .real(0), .text("martlet \(MartletVersion.current)"), .null, .null,
        ]
        let run = try SystemWriter.append(values, to: SystemTable.runs, context)
        var version = ModelVersion(
            number: number, run: run, rows: Int(content.rows), shards: 1, byteCount: content.parameters.count,
            digest: digest, created: time)
        version.signature = ModelSignature(trained)
        try ModelBytes.write(content.parameters, of: &version, view)
        model.versions.append(version)
        try CatalogStore.put(model, view)
        return StatementRows.status("model \(name)@\(number) imported")
    }

    private struct Content {
        var manifest: String
        var rows: Int64
        var parameters: [UInt8]
    }

    private static func read(_ bytes: [UInt8], _ path: String) throws(Diagnostic) -> Content {
        func damaged(_ what: String) -> Diagnostic {
            Diagnostic(.corrupt, "the file is no whole model: \(what)", place: path)
        }
        guard bytes.count >= 32, bytes.starts(with: magic) else {
            throw Diagnostic(.corrupt, "the file is not an exported model", place: path)
        }
        func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number {
            bytes.withUnsafeBytes { Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: type)) }
        }
        let format = number(UInt32.self, at: 8)
        guard format <= version else {
            throw Diagnostic(
                .newerFormat, "the file has format \(format), this build reads up to \(version)", place: path)
        }
        let end = bytes.count - 4
        guard number(UInt32.self, at: end) == Checksum.crc32c(Array(bytes[..<end])) else {
            throw damaged("its checksum is wrong")
        }
        let manifestCount = number(UInt64.self, at: 12)
        guard manifestCount <= UInt64(end - 28) else { throw damaged("its manifest ends early") }
        let manifestEnd = 20 + Int(manifestCount)
        let parameterCount = number(UInt64.self, at: manifestEnd)
        guard parameterCount == UInt64(end - manifestEnd - 8) else { throw damaged("its parameters end early") }
        let text = Array(bytes[20..<manifestEnd])
        guard let manifest = String(validating: text, as: UTF8.self), let value = try? JSONValue.parse(text.span) else {
            throw damaged("its manifest is no JSON")
        }
        var rows: Int64 = 0
        if case .integer(let number)? = value["rows"], number >= 0 { rows = number }
        return Content(manifest: manifest, rows: rows, parameters: Array(bytes[(manifestEnd + 8)..<end]))
    }
}

extension ModelSignature {
    /// What a trained model reads and predicts.
    init(_ model: TrainedModel) {
        self.init(
            features: model.features.columns.map { .init(name: $0.name, type: $0.type) },
            label: model.label.map { .init(name: $0.column.name, type: $0.column.type) },
            classCount: model.classes?.count, dimension: model.dimension)
    }
}
