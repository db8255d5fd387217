// Inner products and squared distances of 32-bit floats.
//
// Sums are kept in 32 lanes that are added up in a fixed order, and multiplication is never fused with addition: every
// instruction set gives the same float. The error against exact arithmetic is at most (n / 32 + 8) · 2⁻²⁴ · Σ |terms|.
#ifndef CKERNELS_FLOAT_DISTANCES_H
#define CKERNELS_FLOAT_DISTANCES_H

#include <stddef.h>

/// Σ a · b, at any alignment.
float ck_dot_f32(const void *a, const void *b, size_t count);

/// Σ (a − b)², at any alignment.
float ck_squared_distance_f32(const void *a, const void *b, size_t count);

/// In double precision, term by term.
double ck_dot_f32_reference(const void *a, const void *b, size_t count);
double ck_squared_distance_f32_reference(const void *a, const void *b, size_t count);

#endif
