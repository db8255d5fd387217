// Encodings as bytes of a model.

import MartletCore

extension FeatureEncoding {
    func write(to writer: inout ModelWriter) {
        writer.write(UInt32(columns.count))
        for (column, encoder) in zip(columns, encoders) {
            column.write(to: &writer)
            switch encoder {
            case .number: writer.write(UInt8(0))
            case .time: writer.write(UInt8(1))
            case .category(let names):
                writer.write(UInt8(2))
                writer.write(names.names)
            case .words: writer.write(UInt8(3))
            case .vector: writer.write(UInt8(4))
            case .members(let names):
                writer.write(UInt8(5))
                writer.write(names)
            }
        }
    }

    init(from reader: inout ModelReader) throws(Diagnostic) {
        let count = Int(try reader.read(UInt32.self))
        try reader.require(count <= FeatureEncoding.numberLimit, "the number of columns")
        var columns: [InputColumn] = []
        var encoders: [FeatureEncoder] = []
        for _ in 0..<count {
            let column = try InputColumn(from: &reader)
            columns.append(column)
            switch (try reader.read(UInt8.self), column.type) {
            case (0, .integer), (0, .real), (0, .boolean): encoders.append(.number)
            case (1, .timestamp): encoders.append(.time)
            case (2, .text):
                let names = try reader.readTexts()
                try reader.require(
                    names.count <= FeatureEncoder.categoryLimit && Set(names).count == names.count, "the categories")
                encoders.append(.category(.init(names)))
            case (3, .text): encoders.append(.words)
            case (4, .vector(let dimension, let element)):
                encoders.append(.vector(dimension: dimension, element: element))
            case (5, .json):
                let names = try reader.readTexts()
                try reader.require(names.count <= FeatureEncoder.categoryLimit, "the members")
                encoders.append(.members(names))
            default: throw reader.corrupt("an encoder")
            }
        }
        self.init(columns: columns, encoders: encoders)
        try reader.require(width <= FeatureEncoding.numberLimit, "the width")
    }
}

extension LabelEncoding {
    func write(to writer: inout ModelWriter) {
        column.write(to: &writer)
        writer.write(UInt8(classes == nil ? 0 : 1))
        if let classes { writer.write(classes) }
    }

    init(from reader: inout ModelReader) throws(Diagnostic) {
        let column = try InputColumn(from: &reader)
        let classes = try reader.read(UInt8.self) == 0 ? nil : try reader.readTexts()
        if let classes {
            try reader.require(classes.count <= LabelEncoding.classLimit, "the classes")
            try reader.require([.text, .integer, .boolean].contains(column.type), "the type of the label")
        }
        self.init(column: column, classes: classes)
    }
}

extension InputColumn {
    func write(to writer: inout ModelWriter) {
        writer.write([name])
        switch type {
        case .null: writer.write(UInt8(0))
        case .boolean: writer.write(UInt8(1))
        case .integer: writer.write(UInt8(2))
        case .real: writer.write(UInt8(3))
        case .text: writer.write(UInt8(4))
        case .blob: writer.write(UInt8(5))
        case .timestamp: writer.write(UInt8(6))
        case .json: writer.write(UInt8(7))
        case .vector(let dimension, let element):
            writer.write(UInt8(8))
            writer.write(UInt32(dimension))
            writer.write(UInt8(VectorElement.allCases.firstIndex(of: element) ?? 0))
        }
    }

    init(from reader: inout ModelReader) throws(Diagnostic) {
        let names = try reader.readTexts()
        try reader.require(names.count == 1 && names[0].utf8.count <= 1 << 16, "a column's name")
        let types: [DataType] = [.null, .boolean, .integer, .real, .text, .blob, .timestamp, .json]
        let code = Int(try reader.read(UInt8.self))
        if code == types.count {
            let dimension = Int(try reader.read(UInt32.self))
            let element = Int(try reader.read(UInt8.self))
            try reader.require(
                (1...Limits.vectorDimension).contains(dimension) && element < VectorElement.allCases.count,
                "a vector's type")
            self.init(
                name: names[0], type: .vector(dimension: dimension, element: VectorElement.allCases[element]))
        } else {
            try reader.require(code < types.count, "a column's type")
            self.init(name: names[0], type: types[code])
        }
    }
}
