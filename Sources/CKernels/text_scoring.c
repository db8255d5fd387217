// BM25F contributions and sums. Plain loops that the compiler may turn into vectors: it must not reorder or fuse the
// arithmetic. Those that gain by wider vectors are compiled once more for AVX2.
#include "text_scoring.h"

#include <string.h>

#include "instruction_set.h"

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
static inline int has_avx2(void) { return ck_instruction_set() >= CK_AVX2; }
#endif

void ck_weigh_frequencies(const uint32_t *frequencies, size_t count, float weight, int add, float *weighted) {
    // Below 2^31, so that the conversion is one instruction everywhere; a damaged frequency is as good as another.
    if (add) {
        for (size_t i = 0; i < count; i++) weighted[i] = weighted[i] + weight * (float)(int32_t)(frequencies[i] & 0x7FFFFFFF);
    } else {
        for (size_t i = 0; i < count; i++) weighted[i] = weight * (float)(int32_t)(frequencies[i] & 0x7FFFFFFF);
    }
}

static inline __attribute__((always_inline)) uint32_t highest_of(const uint32_t *values, size_t count) {
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++) highest = values[i] > highest ? values[i] : highest;
    return highest;
}

static inline __attribute__((always_inline)) int parts_body(
    const uint32_t *documents, const float *weighted, size_t count, const float *lengths, uint32_t document_count,
    const ck_bm25 *model, float *parts) {
    if (count == 0) return 1;
    if (highest_of(documents, count) >= document_count) return 0;
    const float factor = model->factor, constant = model->constant, slope = model->slope;
    const float magic = model->magic, unit = model->unit;
    float gathered[128];
    for (size_t i = 0; i < count; i++) gathered[i] = lengths[documents[i]];
    for (size_t i = 0; i < count; i++) {
        float t = weighted[i];
        float norm = constant + slope * gathered[i];
        float part = factor * t / (t + norm);
        part = (part + magic) - magic;
        part = part > unit ? part : unit;
        parts[i] = t > 0 ? part : 0;
    }
    return 1;
}

static int parts_baseline(
    const uint32_t *documents, const float *weighted, size_t count, const float *lengths, uint32_t document_count,
    const ck_bm25 *model, float *parts) {
    return parts_body(documents, weighted, count, lengths, document_count, model, parts);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static int parts_avx2(
    const uint32_t *documents, const float *weighted, size_t count, const float *lengths, uint32_t document_count,
    const ck_bm25 *model, float *parts) {
    return parts_body(documents, weighted, count, lengths, document_count, model, parts);
}
#endif

int ck_bm25_parts(
    const uint32_t *documents, const float *weighted, size_t count, const float *lengths, uint32_t document_count,
    const ck_bm25 *model, float *parts) {
    if (count > 128) return 0;
#if defined(__x86_64__)
    if (has_avx2()) return parts_avx2(documents, weighted, count, lengths, document_count, model, parts);
#endif
    return parts_baseline(documents, weighted, count, lengths, document_count, model, parts);
}

/// Whether all documents are in base ..< base + room.
static inline __attribute__((always_inline)) int are_within(
    const uint32_t *documents, size_t count, uint32_t base, uint32_t room) {
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t offset = documents[i] - base;
        highest = offset > highest ? offset : highest;
    }
    return count == 0 || highest < room;
}

int ck_add_scores(
    const uint32_t *documents, const float *parts, size_t count, uint32_t base, uint32_t room, float *scores) {
    if (!are_within(documents, count, base, room)) return 0;
    for (size_t i = 0; i < count; i++) {
        size_t place = documents[i] - base;
        scores[place] = scores[place] + parts[i];
    }
    return 1;
}

int ck_add_marked_scores(
    const uint32_t *documents, const float *parts, size_t count, uint32_t base, uint32_t room, float *scores,
    uint64_t *marks) {
    if (!are_within(documents, count, base, room)) return 0;
    for (size_t i = 0; i < count; i++) {
        size_t place = documents[i] - base;
        scores[place] = scores[place] + parts[i];
        marks[place >> 6] |= (uint64_t)(parts[i] > 0) << (place & 63);
    }
    return 1;
}

static inline __attribute__((always_inline)) size_t take_body(
    float *scores, size_t count, float threshold, uint32_t *positions, float *found_scores) {
    size_t found = 0, i = 0;
    for (; i + 32 <= count; i += 32) {
        int any = 0;
        for (size_t j = 0; j < 32; j++) any |= (scores[i + j] >= threshold) & (scores[i + j] > 0);
        if (any) {
            for (size_t j = 0; j < 32; j++) {
                float score = scores[i + j];
                positions[found] = (uint32_t)(i + j);
                found_scores[found] = score;
                found += (score >= threshold) & (score > 0);
            }
        }
    }
    for (; i < count; i++) {
        positions[found] = (uint32_t)i;
        found_scores[found] = scores[i];
        found += (scores[i] >= threshold) & (scores[i] > 0);
    }
    memset(scores, 0, count * sizeof(float));
    return found;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static size_t take_avx2(
    float *scores, size_t count, float threshold, uint32_t *positions, float *found_scores) {
    return take_body(scores, count, threshold, positions, found_scores);
}
#endif

size_t ck_take_scores(float *scores, size_t count, float threshold, uint32_t *positions, float *found_scores) {
#if defined(__x86_64__)
    if (has_avx2()) return take_avx2(scores, count, threshold, positions, found_scores);
#endif
    return take_body(scores, count, threshold, positions, found_scores);
}

size_t ck_take_marked_scores(
    float *scores, uint64_t *marks, size_t count, float threshold, uint32_t *positions, float *found_scores) {
    size_t found = 0;
    for (size_t word = 0; word < count / 64; word++) {
        uint64_t rest = marks[word];
        if (rest == 0) continue;
        marks[word] = 0;
        while (rest != 0) {
            size_t place = word * 64 + (size_t)__builtin_ctzll(rest);
            rest &= rest - 1;
            float score = scores[place];
            scores[place] = 0;
            positions[found] = (uint32_t)place;
            found_scores[found] = score;
            found += score >= threshold;
        }
    }
    return found;
}

size_t ck_find_from(const uint32_t *values, size_t from, size_t count, uint32_t wanted) {
    size_t low = from, step = 1;
    // Mostly it is near.
    while (low + step < count && values[low + step] < wanted) {
        low += step;
        step *= 2;
    }
    size_t high = low + step < count ? low + step : count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (values[middle] < wanted) low = middle + 1;
        else high = middle;
    }
    return low;
}
