// Many rows of an LMDB tree looked up side by side, so that their waits for memory overlap.
//
// One lookup after the other waits for each page that it reaches: rows lie far apart. Here the leaves of several keys are
// found first and asked for, then the places in them, and only then are they read (group prefetching: Chen, Ailamaki,
// Gibbons and Mowry 2004). LMDB's pages are described in PageWalker.swift.
#ifndef CKERNELS_PAGE_LOOKUP_H
#define CKERNELS_PAGE_LOOKUP_H

#include <stddef.h>
#include <stdint.h>

/// The bytes of all keys looked up: a prefix, then a number in big-endian order.
#define CK_KEY_PREFIX_BYTES 5

typedef struct {
    /// Page 0.
    const uint8_t *map;
    size_t page_bytes;
    /// Pages up to the last in use.
    uint64_t page_count;
    uint64_t root;
    uint32_t depth;
} ck_page_tree;

typedef struct {
    /// NULL if the key does not exist.
    const void *bytes;
    size_t count;
} ck_stored_value;

/// The data that a read transaction sees, from the file's meta pages. Returns 0 if they are not as expected, or if later
/// commits have already taken their place.
int ck_page_tree_of(const uint8_t *map, size_t page_bytes, uint64_t transaction, ck_page_tree *tree);

/// Finds the values of the keys `prefix` + (numbers[i] ^ flip), fastest if they ascend.
/// Returns how many were looked up: fewer than `count` if a page is not as expected.
size_t ck_page_lookup(
    const ck_page_tree *tree, const uint8_t *prefix, uint64_t flip, const uint64_t *numbers, size_t count,
    ck_stored_value *values);

#endif
