// BM25F accumulation. Plain loops that the compiler may turn into vectors: it must not reorder or fuse the arithmetic.
#include "text_scoring.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

void ck_weigh_frequencies(const uint32_t *frequencies, size_t count, float weight, int add, float *weighted) {
    if (add) {
        for (size_t i = 0; i < count; i++) weighted[i] = weighted[i] + weight * (float)frequencies[i];
    } else {
        for (size_t i = 0; i < count; i++) weighted[i] = weight * (float)frequencies[i];
    }
}

void ck_weigh_lengths(const uint8_t *lengths, size_t count, float weight, int add, float *norms) {
    for (size_t i = 0; i < count; i++) {
        uint32_t length;
        memcpy(&length, lengths + 4 * i, 4);
        float product = weight * (float)length;
        norms[i] = add ? norms[i] + product : product;
    }
}

void ck_finish_norms(float *norms, size_t count, float constant, float slope) {
    for (size_t i = 0; i < count; i++) norms[i] = constant + slope * norms[i];
}

int ck_accumulate_bm25(
    const uint32_t *documents, const float *weighted, size_t count, const float *norms, float factor,
    float *scores, uint32_t document_count) {
    uint32_t highest = 0;
    for (size_t i = 0; i < count; i++) highest = documents[i] > highest ? documents[i] : highest;
    if (count > 0 && highest >= document_count) return 0;
    float parts[128];
    for (size_t start = 0; start < count; start += 128) {
        size_t length = count - start < 128 ? count - start : 128;
        const uint32_t *d = documents + start;
        const float *t = weighted + start;
        for (size_t i = 0; i < length; i++) parts[i] = norms[d[i]];
        for (size_t i = 0; i < length; i++) parts[i] = t[i] > 0 ? factor * t[i] / (t[i] + parts[i]) : 0;
        for (size_t i = 0; i < length; i++) scores[d[i]] = scores[d[i]] + parts[i];
    }
    return 1;
}

size_t ck_collect_scores(
    const float *scores, size_t from, size_t count, float threshold, uint32_t *positions, size_t capacity,
    size_t *next) {
    size_t found = 0, i = from;
    while (i + 16 <= count && found + 16 <= capacity) {
        int any = 0;
        for (size_t j = 0; j < 16; j++) any |= (scores[i + j] >= threshold) & (scores[i + j] > 0);
        if (any) {
            for (size_t j = 0; j < 16; j++) {
                positions[found] = (uint32_t)(i + j);
                found += (scores[i + j] >= threshold) & (scores[i + j] > 0);
            }
        }
        i += 16;
    }
    while (i < count && found < capacity) {
        positions[found] = (uint32_t)i;
        found += (scores[i] >= threshold) & (scores[i] > 0);
        i++;
    }
    *next = i;
    return found;
}
