// Rows of 16-bit codes as numbers.
#include "code_rows.h"

#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

typedef float lanes16 __attribute__((vector_size(64)));
typedef int16_t codes16 __attribute__((vector_size(32)));

static inline __attribute__((always_inline)) void add_codes(
    const int16_t *codes, float factor, float *to, size_t count) {
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        codes16 code;
        lanes16 sum;
        memcpy(&code, codes + i, sizeof code);
        memcpy(&sum, to + i, sizeof sum);
        sum += __builtin_convertvector(code, lanes16) * factor;
        memcpy(to + i, &sum, sizeof sum);
    }
    for (; i < count; i++) to[i] += (float)codes[i] * factor;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2"))) static void add_codes_avx512(
    const int16_t *codes, float factor, float *to, size_t count) {
    add_codes(codes, factor, to, count);
}

__attribute__((target("avx2"))) static void add_codes_avx2(
    const int16_t *codes, float factor, float *to, size_t count) {
    add_codes(codes, factor, to, count);
}
#endif

void ck_add_codes16(const int16_t *codes, float factor, float *to, size_t count) {
#if defined(__x86_64__)
    const int set = ck_instruction_set();
    if (set >= CK_AVX512) return add_codes_avx512(codes, factor, to, count);
    if (set >= CK_AVX2) return add_codes_avx2(codes, factor, to, count);
#endif
    add_codes(codes, factor, to, count);
}
