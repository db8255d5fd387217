// Squared distances and inner products of 8-bit codes: rows of unsigned codes against a query of signed ones.
//
// A row's code c stands for c − 128, so that row and query are on one scale. All sums are exact in 32 bits for up to
// 16,384 dimensions, so every instruction set gives the same numbers.
#ifndef CKERNELS_CODE_DISTANCES_H
#define CKERNELS_CODE_DISTANCES_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *codes;
    /// Bytes from a row to the next, a multiple of 16; what lies behind the dimensions is zero in rows and query.
    size_t stride;
    uint32_t row_count;
    /// The sum of (c − 128)² of each row, little-endian; NULL for inner products.
    const int32_t *norms;
} ck_code_rows;

/// For each id: (float)(base + norm − 2 · Σ query · c), where the base has what the codes' offset adds, 256 · Σ query,
/// and for squared distances the query's own norm; infinity for an id that is not below `row_count`.
/// Fetches the rows to come while it works on one.
void ck_code_distances(
    const ck_code_rows *rows, const int8_t *query, int32_t base, const uint32_t *ids, size_t count, float *out);

/// The same for the rows first ..< first + count, which must exist.
void ck_code_scan(
    const ck_code_rows *rows, const int8_t *query, int32_t base, uint32_t first, size_t count, float *out);

/// The same for several queries, `stride` bytes apart: out[q · count + i].
void ck_code_tile(
    const ck_code_rows *rows, const int8_t *queries, const int32_t *bases, size_t query_count, uint32_t first,
    size_t count, float *out);

/// Makes a row a query: its codes less 128 in `out`, zeros up to `stride`. Returns the sum of them.
int32_t ck_code_row_as_query(const uint8_t *row, size_t dimension, size_t stride, int8_t *out);

/// Asks for the memory at `address` to be brought near.
static inline void ck_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

/// Positions from `from` on whose distance is at most `limit`, at most `capacity`; `*next` is where to go on.
size_t ck_collect_near(
    const float *distances, size_t from, size_t count, float limit, uint32_t *positions, size_t capacity,
    size_t *next);

/// The scalar reference of ck_code_distances for one row.
int64_t ck_code_distance_reference(const ck_code_rows *rows, const int8_t *query, uint32_t id);

#endif
