// The number of bits in which two rows of bits differ (Hamming's distance).
#ifndef CKERNELS_BIT_DISTANCES_H
#define CKERNELS_BIT_DISTANCES_H

#include <stddef.h>
#include <stdint.h>

/// How many bits differ in `byte_count` bytes, at any alignment. Exact.
uint32_t ck_hamming(const void *a, const void *b, size_t byte_count);

/// Bit by bit.
uint32_t ck_hamming_reference(const void *a, const void *b, size_t byte_count);

/// Writes 0 or 1 for each of `count` bits, the lowest of a byte first.
void ck_floats_of_bits(const void *bits, size_t count, float *out);

#endif
