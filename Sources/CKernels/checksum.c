// CRC-32C: SSE4.2 or ARMv8's instruction, else a table of four (Sarwate's, sliced).
#include "checksum.h"

#include "instruction_set.h"

#include <stdatomic.h>
#include <string.h>

// Written once each with the same values: a race between first callers is harmless because of the flag's ordering.
static uint32_t table[4][256];
static _Atomic int table_state;  // 0: empty, 1: being filled, 2: filled

static void fill_table(void) {
    int expected = 0;
    if (atomic_compare_exchange_strong(&table_state, &expected, 1)) {
        for (uint32_t i = 0; i < 256; i++) {
            uint32_t value = i;
            for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ (0x82F63B78u & (0u - (value & 1)));
            table[0][i] = value;
        }
        for (uint32_t i = 0; i < 256; i++) {
            for (int slice = 1; slice < 4; slice++) {
                uint32_t before = table[slice - 1][i];
                table[slice][i] = (before >> 8) ^ table[0][before & 0xFF];
            }
        }
        atomic_store_explicit(&table_state, 2, memory_order_release);
    }
    while (atomic_load_explicit(&table_state, memory_order_acquire) != 2) {}
}

uint32_t ck_crc32c_reference(uint32_t crc, const void *bytes, size_t count) {
    if (atomic_load_explicit(&table_state, memory_order_acquire) != 2) fill_table();
    const uint8_t *at = bytes;
    crc = ~crc;
    while (count >= 4) {
        crc ^= (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        crc = table[3][crc & 0xFF] ^ table[2][(crc >> 8) & 0xFF] ^ table[1][(crc >> 16) & 0xFF] ^ table[0][crc >> 24];
        at += 4;
        count -= 4;
    }
    while (count-- > 0) crc = (crc >> 8) ^ table[0][(crc ^ *at++) & 0xFF];
    return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    uint64_t state = (uint32_t)~crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        state = _mm_crc32_u64(state, word);
        at += 8;
        count -= 8;
    }
    uint32_t rest = (uint32_t)state;
    while (count-- > 0) rest = _mm_crc32_u8(rest, *at++);
    return ~rest;
}

uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t count) {
    static _Atomic int support;  // 0: unknown, 1: no, 2: yes
    int known = atomic_load_explicit(&support, memory_order_relaxed);
    if (known == 0) {
        known = __builtin_cpu_supports("sse4.2") ? 2 : 1;
        atomic_store_explicit(&support, known, memory_order_relaxed);
    }
    // Where more than the baseline is there and not wanted, neither is this.
    const int is_wanted = ck_instruction_set() != CK_BASELINE || ck_best_instruction_set() == CK_BASELINE;
    return known == 2 && is_wanted ? crc32c_sse42(crc, bytes, count) : ck_crc32c_reference(crc, bytes, count);
}
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    crc = ~crc;
    while (count >= 8) {
        uint64_t word;
        memcpy(&word, at, 8);
        crc = __crc32cd(crc, word);
        at += 8;
        count -= 8;
    }
    while (count-- > 0) crc = __crc32cb(crc, *at++);
    return ~crc;
}
#else
uint32_t ck_crc32c(uint32_t crc, const void *bytes, size_t count) { return ck_crc32c_reference(crc, bytes, count); }
#endif
