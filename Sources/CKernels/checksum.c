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

// The instruction gives a result after three cycles and begins one each cycle: three lanes of the bytes at a time, whose
// states are brought together by a table of what a lane of zeros does to a state (Gopal et al. 2011).
enum { LANE_BYTES = 1024 };
static uint32_t lane_table[4][256];
static _Atomic int lane_table_state;  // As `table_state`.

__attribute__((target("sse4.2"))) static void fill_lane_table(void) {
    int expected = 0;
    if (atomic_compare_exchange_strong(&lane_table_state, &expected, 1)) {
        for (int bit = 0; bit < 32; bit++) {
            uint64_t state = 1u << bit;
            for (int word = 0; word < LANE_BYTES / 8; word++) state = _mm_crc32_u64(state, 0);
            for (uint32_t byte = 0; byte < 256; byte++) {
                if (byte >> (bit & 7) & 1) lane_table[bit / 8][byte] ^= (uint32_t)state;
            }
        }
        atomic_store_explicit(&lane_table_state, 2, memory_order_release);
    }
    while (atomic_load_explicit(&lane_table_state, memory_order_acquire) != 2) {}
}

static uint32_t after_lane(uint32_t state) {
    return lane_table[0][state & 0xFF] ^ lane_table[1][(state >> 8) & 0xFF] ^ lane_table[2][(state >> 16) & 0xFF]
        ^ lane_table[3][state >> 24];
}

static inline uint64_t word_at(const uint8_t *at) {
    uint64_t word;
    memcpy(&word, at, 8);
    return word;
}

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *at = bytes;
    uint64_t state = (uint32_t)~crc;
    if (count >= 3 * LANE_BYTES && atomic_load_explicit(&lane_table_state, memory_order_acquire) != 2) fill_lane_table();
    for (; count >= 3 * LANE_BYTES; at += 3 * LANE_BYTES, count -= 3 * LANE_BYTES) {
        uint64_t second = 0, third = 0;
        for (int place = 0; place < LANE_BYTES; place += 8) {
            state = _mm_crc32_u64(state, word_at(at + place));
            second = _mm_crc32_u64(second, word_at(at + LANE_BYTES + place));
            third = _mm_crc32_u64(third, word_at(at + 2 * LANE_BYTES + place));
        }
        state = after_lane(after_lane((uint32_t)state) ^ (uint32_t)second) ^ (uint32_t)third;
    }
    for (; count >= 8; at += 8, count -= 8) state = _mm_crc32_u64(state, word_at(at));
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
