// Inner products and squared distances of 32-bit floats with 16-bit ones (IEEE binary16).
//
// Halves become floats exactly; then everything is as in float_distances.h: the same sums in the same order, so that
// every instruction set gives the same float. The error against exact arithmetic is at most
// (n / 32 + 8) · 2⁻²⁴ · Σ |terms|. Halves must be finite.
#ifndef CKERNELS_HALF_DISTANCES_H
#define CKERNELS_HALF_DISTANCES_H

#include <stddef.h>

/// Σ a · b of floats and halves, at any alignment.
float ck_dot_f16(const void *floats, const void *halves, size_t count);

/// Σ (a − b)² of floats and halves, at any alignment.
float ck_squared_distance_f16(const void *floats, const void *halves, size_t count);

/// The halves as floats, at any alignment.
void ck_floats_of_halves(const void *halves, size_t count, float *out);

/// The nearest halves, ties to even; what is beyond their range becomes the last of it. Not for NaN.
void ck_halves_of_floats(const float *floats, size_t count, void *halves);

/// In double precision, term by term.
double ck_dot_f16_reference(const void *floats, const void *halves, size_t count);
double ck_squared_distance_f16_reference(const void *floats, const void *halves, size_t count);

#endif
