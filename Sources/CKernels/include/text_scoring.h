// BM25F over decoded postings. The operations and their order are fixed, so that the scores are the same floats however
// the documents are divided into segments, and on every processor (no fused multiply-add).
#ifndef CKERNELS_TEXT_SCORING_H
#define CKERNELS_TEXT_SCORING_H

#include <stddef.h>
#include <stdint.h>

/// weighted[i] (+)= weight · frequencies[i]; the first field sets, the others add.
void ck_weigh_frequencies(const uint32_t *frequencies, size_t count, float weight, int add, float *weighted);

/// norms[i] (+)= weight · lengths[i], lengths being little-endian and at any alignment.
void ck_weigh_lengths(const uint8_t *lengths, size_t count, float weight, int add, float *norms);

/// norms[i] = constant + slope · norms[i].
void ck_finish_norms(float *norms, size_t count, float constant, float slope);

/// scores[d] += factor · t / (t + norms[d]) for each posting (d, t) with t > 0.
/// Returns 0, having changed nothing, if a document is not below `document_count`; else 1.
int ck_accumulate_bm25(
    const uint32_t *documents, const float *weighted, size_t count, const float *norms, float factor,
    float *scores, uint32_t document_count);

/// Writes the positions from `from` on, at most `capacity`, whose score is above zero and at least `threshold`.
/// Returns how many; `*next` is where to go on (`count` at the end).
size_t ck_collect_scores(
    const float *scores, size_t from, size_t count, float threshold, uint32_t *positions, size_t capacity,
    size_t *next);

#endif
