// The postings of a term that do not fill a block.
//
// Up to three: for each a number, gap · 2 + s, where s = 1 says frequency 1 in the default field and 0 in the others; with
// s = 0 the frequency in each field follows. Numbers have seven bits a byte, lowest first. From four on: a byte with the
// bits of a number, 0...33, and 64 if there are marks; then the numbers gap · 2 + s, or without marks, where all s would be
// 1, the gaps alone, lowest bit first; then the frequencies as above.
#ifndef CKERNELS_POSTING_TAIL_H
#define CKERNELS_POSTING_TAIL_H

#include <stddef.h>
#include <stdint.h>

/// Decodes `count` postings of a tail that lie in `bytes`: the documents continue after `previous`, frequencies of a
/// field follow each other at `stride`. Returns the bytes taken, or 0 if the bytes end too early, a number is too long,
/// or a document is not below `document_count`.
size_t ck_decode_tail(
    const uint8_t *bytes, size_t byte_count, size_t count, uint32_t previous, uint32_t document_count,
    size_t field_count, size_t default_field, uint32_t *documents, uint32_t *frequencies, size_t stride);

/// Encodes `count` postings; the frequencies of a document follow each other. `out` has room for 5 bytes for each document
/// and each frequency, and for one more. Returns the bytes written.
size_t ck_encode_tail(
    const uint32_t *documents, const uint32_t *frequencies, size_t count, uint32_t previous, size_t field_count,
    size_t default_field, uint8_t *out);

#endif
