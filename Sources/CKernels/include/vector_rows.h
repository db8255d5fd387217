// Distances of many rows of floats, halves or bits from one query, by the families of those kinds.
#ifndef CKERNELS_VECTOR_ROWS_H
#define CKERNELS_VECTOR_ROWS_H

#include <stddef.h>
#include <stdint.h>

enum {
    CK_ROWS_F32_L2 = 0,   // squared distances; the query is floats
    CK_ROWS_F32_DOT = 1,  // negated inner products
    CK_ROWS_F16_L2 = 2,   // the query is floats
    CK_ROWS_F16_DOT = 3,
    CK_ROWS_BITS = 4,     // Hamming; the query is bits, and has `stride` bytes
};

typedef struct {
    const uint8_t *rows;
    /// Bytes from a row to the next; what lies behind a row of bits is zero in rows and query.
    size_t stride;
    size_t dimension;
    uint32_t row_count;
    int32_t kind;
} ck_vector_rows;

/// The distance of each row named; infinity for an id that is not below `row_count`. Fetches the rows to come while it
/// works on one.
void ck_vector_distances(
    const ck_vector_rows *rows, const void *query, const uint32_t *ids, size_t count, float *out);

/// The same for the rows first ..< first + count, which must exist.
void ck_vector_scan(const ck_vector_rows *rows, const void *query, uint32_t first, size_t count, float *out);

#endif
