// Terms of a document that are marked.
#include "term_marks.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "instruction_set.h"

typedef struct {
    size_t found;
    uint32_t content;
} position;

static inline __attribute__((always_inline)) position scan(
    const uint32_t *terms, size_t first, size_t count, const uint8_t *marks, uint32_t *places, uint32_t *ordinals,
    position at) {
    for (size_t i = first; i < count; i++) {
        // Written always, kept only if it is marked: few are, without a pattern that a branch could learn.
        places[at.found] = (uint32_t)i;
        ordinals[at.found] = at.content;
        at.found += (marks[terms[i] >> 1] != 0) & (terms[i] & 1);
        at.content += terms[i] & 1;
    }
    return at;
}

#if defined(__x86_64__)
/// Notes the marked ones of the terms from `first` on, a bit a term.
static inline __attribute__((always_inline)) position take(
    uint32_t marked, uint32_t counted, size_t first, uint32_t *places, uint32_t *ordinals, position at) {
    for (; marked; marked &= marked - 1) {
        uint32_t lane = (uint32_t)__builtin_ctz(marked);
        places[at.found] = (uint32_t)first + lane;
        ordinals[at.found++] = at.content + (uint32_t)__builtin_popcount(counted & ((1u << lane) - 1));
    }
    at.content += (uint32_t)__builtin_popcount(counted);
    return at;
}

__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,bmi,popcnt"))) static size_t find_avx512(
    const uint32_t *terms, size_t count, const uint8_t *marks, uint32_t *places, uint32_t *ordinals) {
    position at = {0, 0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        __m512i word = _mm512_loadu_si512(terms + i);
        __m512i mark = _mm512_i32gather_epi32(_mm512_srli_epi32(word, 1), marks, 1);
        uint32_t counted = _mm512_test_epi32_mask(word, _mm512_set1_epi32(1));
        uint32_t marked = _mm512_test_epi32_mask(mark, _mm512_set1_epi32(255)) & counted;
        at = take(marked, counted, i, places, ordinals, at);
    }
    return scan(terms, i, count, marks, places, ordinals, at).found;
}

__attribute__((target("avx2,bmi,popcnt"))) static size_t find_avx2(
    const uint32_t *terms, size_t count, const uint8_t *marks, uint32_t *places, uint32_t *ordinals) {
    position at = {0, 0};
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256i word = _mm256_loadu_si256((const __m256i *)(terms + i));
        __m256i mark = _mm256_i32gather_epi32((const int *)marks, _mm256_srli_epi32(word, 1), 1);
        // The mark's byte becomes the highest bits: none set where it is 0.
        __m256i none = _mm256_cmpeq_epi32(_mm256_slli_epi32(mark, 24), _mm256_setzero_si256());
        uint32_t counted = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(word, 31)));
        uint32_t marked = ~(uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(none)) & counted;
        at = take(marked, counted, i, places, ordinals, at);
    }
    return scan(terms, i, count, marks, places, ordinals, at).found;
}
#endif

size_t ck_find_marked_terms(
    const uint32_t *terms, size_t count, const uint8_t *marks, uint32_t *places, uint32_t *ordinals) {
#if defined(__x86_64__)
    const int set = ck_instruction_set();
    if (set >= CK_AVX512) return find_avx512(terms, count, marks, places, ordinals);
    if (set >= CK_AVX2) return find_avx2(terms, count, marks, places, ordinals);
#endif
    return scan(terms, 0, count, marks, places, ordinals, (position){0, 0}).found;
}
