// MartletFormats: streaming readers and writers of exchange formats.
//
// Owns     byte sources and sinks; CSV, TSV, JSON lines, NumPy and vector file readers and writers; folders; PNG and JPEG
//          images; JSON scanning, values and paths; the text form of numbers, timestamps, blobs and vectors, which CAST
//          uses too; the renderers behind the shell's modes.
// Imports  MartletCore, libpng and libjpeg-turbo, and the C library for file access (in FileAccess.swift alone).
// Promises memory bounded by one record (an image: by the limit of its pixels) and a buffer, time linear in the input,
//          errors that name file, line and column, and no trap on any bytes.
