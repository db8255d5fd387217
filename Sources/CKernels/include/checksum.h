// CRC-32C (Castagnoli): the checksum of stored sections.
#ifndef CKERNELS_CHECKSUM_H
#define CKERNELS_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// The checksum of `count` bytes, continuing from `crc` (0 to begin). Uses the processor's instruction where it has one.
uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The table-driven reference.
uint32_t ck_crc32c_reference(uint32_t crc, const void *bytes, size_t count);

#endif
