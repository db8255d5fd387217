// Blocks of 128 unsigned numbers, each in the same number of bits.
//
// Layout (Lemire and Boytsov 2015, "vertical"): four lanes of 32-bit words; lane l holds the numbers l, l + 4, l + 8 …
// one after another from the lowest bit, and the lanes' words alternate. A block of b bits takes 16·b bytes.
#ifndef CKERNELS_BITPACKING_H
#define CKERNELS_BITPACKING_H

#include <stddef.h>
#include <stdint.h>

/// Packs 128 numbers; each must fit in `bits` (0...32). Writes 16·bits bytes.
void ck_pack128(const uint32_t *values, uint32_t bits, uint8_t *out);

/// Unpacks 128 numbers. `bits` above 32 count as 32. Reads 16·bits bytes, at any alignment.
void ck_unpack128(const uint8_t *in, uint32_t bits, uint32_t *out);

/// Unpacks 128 gaps and sums them up, starting after `base`: out[i] = base + gap[0] + … + gap[i] (mod 2³²).
void ck_unpack128_sums(const uint8_t *in, uint32_t bits, uint32_t base, uint32_t *out);

/// The scalar references.
void ck_unpack128_reference(const uint8_t *in, uint32_t bits, uint32_t *out);
void ck_unpack128_sums_reference(const uint8_t *in, uint32_t bits, uint32_t base, uint32_t *out);

#endif
