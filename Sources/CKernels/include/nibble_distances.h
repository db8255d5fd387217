// Distances of 4-bit codes: rows of two codes a byte against a query of signed 8-bit ones.
//
// Sums of products are exact in 32 bits, so every instruction set gives the same numbers.
#ifndef CKERNELS_NIBBLE_DISTANCES_H
#define CKERNELS_NIBBLE_DISTANCES_H

#include <stddef.h>
#include <stdint.h>

/// What lies behind the last row must be readable for so many bytes.
enum { CK_NIBBLE_SLACK = 32 };

typedef struct {
    /// Of each row a norm (f32, little-endian), then `byte_count` bytes of codes: of byte i the lower half is that of
    /// dimension 2 i, the upper one that of 2 i + 1.
    const uint8_t *rows;
    /// Bytes from a row to the next: `byte_count` + 4.
    size_t stride;
    size_t byte_count;
    uint32_t row_count;
} ck_nibble_rows;

/// For each id: base + norm − scale · Σ query · code; infinity for an id that is not below `row_count`. Fetches the rows
/// to come while it works on one.
///
/// The query's codes of even dimensions and of odd ones lie apart, `byte_count` of each and zeros up to a multiple of 32.
void ck_nibble_distances(
    const ck_nibble_rows *rows, const int8_t *even, const int8_t *odd, float base, float scale, const uint32_t *ids,
    size_t count, float *out);

/// The scalar reference of the sum of products of one row.
int32_t ck_nibble_dot_reference(const ck_nibble_rows *rows, const int8_t *even, const int8_t *odd, uint32_t id);

#endif
