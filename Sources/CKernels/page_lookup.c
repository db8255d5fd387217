// Many rows of an LMDB tree looked up side by side.
#include "page_lookup.h"

#include <string.h>

#define CK_KEY_BYTES (CK_KEY_PREFIX_BYTES + 8)
/// So many keys are looked up side by side.
#define CK_GROUP_COUNT 32
#define CK_PAGE_HEADER_BYTES 16
#define CK_NODE_HEADER_BYTES 8
#define CK_BRANCH_PAGE 1
#define CK_LEAF_PAGE 2
#define CK_VALUE_ON_PAGES 1
/// Places are guessed so often, as numbers mostly follow each other; then the rest is halved.
#define CK_GUESSES 3

static inline uint16_t half(const uint8_t *at) {
    uint16_t value;
    memcpy(&value, at, 2);
    return value;
}

static inline uint64_t word(const uint8_t *at) {
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

static inline uint64_t big_endian(uint64_t value) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return value;
#else
    return __builtin_bswap64(value);
#endif
}

// MARK: The snapshot

#define CK_META_MAGIC 0xBEEFC0DE
#define CK_META_VERSION 1

static inline uint64_t meta_transaction(const uint8_t *map, size_t page_bytes, uint64_t transaction) {
    const uint64_t *at = (const uint64_t *)(map + (transaction & 1) * page_bytes + 144);
    return __atomic_load_n(at, __ATOMIC_ACQUIRE);
}

int ck_page_tree_of(const uint8_t *map, size_t page_bytes, uint64_t transaction, ck_page_tree *tree) {
    const uint8_t *meta = map + (transaction & 1) * page_bytes;
    uint32_t magic, version;
    memcpy(&magic, meta + 16, 4);
    memcpy(&version, meta + 20, 4);
    if (magic != CK_META_MAGIC || version != CK_META_VERSION) return 0;
    if (meta_transaction(map, page_bytes, transaction) != transaction) return 0;
    *tree = (ck_page_tree){
        .map = map,
        .page_bytes = page_bytes,
        .page_count = word(meta + 136) + 1,
        .root = word(meta + 128),
        .depth = half(meta + 94),
    };
    // The page is written again by the second commit after this one: not before the first of them is done.
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (meta_transaction(map, page_bytes, transaction + 1) > transaction) return 0;
    return tree->root < tree->page_count && tree->depth > 0;
}

// MARK: Pages

typedef struct {
    const ck_page_tree *tree;
    uint64_t prefix;
    uint8_t prefix_bytes[CK_KEY_PREFIX_BYTES];
} lookup;

static const uint64_t prefix_mask =
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    ~(uint64_t)0 << (8 * (8 - CK_KEY_PREFIX_BYTES));
#else
    ~(uint64_t)0 >> (8 * (8 - CK_KEY_PREFIX_BYTES));
#endif

typedef struct {
    const uint8_t *page;
    size_t count;
} node_page;

static inline int open_page(const ck_page_tree *tree, uint64_t number, uint16_t kind, node_page *out) {
    if (number < 2 || number >= tree->page_count) return 0;
    const uint8_t *page = tree->map + number * tree->page_bytes;
    size_t end = half(page + 12);
    if (word(page) != number || (half(page + 10) & 0x2F) != kind) return 0;
    if (end <= CK_PAGE_HEADER_BYTES || end > tree->page_bytes) return 0;
    *out = (node_page){page, (end - CK_PAGE_HEADER_BYTES) / 2};
    return 1;
}

/// The node, with its whole key on the page; NULL if it has none.
static inline const uint8_t *node_at(const lookup *self, node_page page, size_t index) {
    size_t offset = half(page.page + CK_PAGE_HEADER_BYTES + 2 * index);
    if (offset + CK_NODE_HEADER_BYTES > self->tree->page_bytes) return NULL;
    const uint8_t *node = page.page + offset;
    return offset + CK_NODE_HEADER_BYTES + half(node + 6) > self->tree->page_bytes ? NULL : node;
}

/// Whether the node's key has the prefix and a number behind it.
static inline int has_number(const lookup *self, const uint8_t *node, uint64_t *number) {
    if (half(node + 6) != CK_KEY_BYTES) return 0;
    const uint8_t *key = node + CK_NODE_HEADER_BYTES;
    if ((word(key) & prefix_mask) != self->prefix) return 0;
    *number = big_endian(word(key + CK_KEY_PREFIX_BYTES));
    return 1;
}

/// How the node's key stands to the one with a number: negative if before it.
static int order_of_other(const lookup *self, const uint8_t *node, uint64_t number) {
    uint8_t sought[CK_KEY_BYTES];
    uint64_t bytes = big_endian(number);
    memcpy(sought, self->prefix_bytes, CK_KEY_PREFIX_BYTES);
    memcpy(sought + CK_KEY_PREFIX_BYTES, &bytes, 8);
    size_t key_bytes = half(node + 6);
    int order = memcmp(node + CK_NODE_HEADER_BYTES, sought, key_bytes < CK_KEY_BYTES ? key_bytes : CK_KEY_BYTES);
    return order != 0 ? order : (key_bytes > CK_KEY_BYTES) - (key_bytes < CK_KEY_BYTES);
}

static inline int order_of(const lookup *self, const uint8_t *node, uint64_t number) {
    uint64_t own;
    if (has_number(self, node, &own)) return (own > number) - (own < number);
    return order_of_other(self, node, number);
}

// MARK: Branches

/// The lowest branch that was gone through last, and the child that was taken.
typedef struct {
    node_page branch;
    size_t index;
} place;

/// The last child of low ..< high that does not begin after the number; the first begins before everything. −1 for a
/// damaged page.
static long child_of(const lookup *self, node_page branch, size_t low, size_t high, uint64_t number) {
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        const uint8_t *node = node_at(self, branch, middle);
        if (!node) return -1;
        if (order_of(self, node, number) <= 0) low = middle; else high = middle;
    }
    return (long)low;
}

static inline uint64_t child_page(node_page branch, size_t index) {
    const uint8_t *node = branch.page + half(branch.page + CK_PAGE_HEADER_BYTES + 2 * index);
    return (uint64_t)half(node) | (uint64_t)half(node + 2) << 16 | (uint64_t)half(node + 4) << 32;
}

static int descend(const lookup *self, uint64_t number, place *at, uint64_t *leaf) {
    uint64_t page = self->tree->root;
    for (uint32_t level = 1; level < self->tree->depth; level++) {
        if (!open_page(self->tree, page, CK_BRANCH_PAGE, &at->branch)) return 0;
        long index = child_of(self, at->branch, 0, at->branch.count, number);
        if (index < 0 || !node_at(self, at->branch, (size_t)index)) return 0;
        at->index = (size_t)index;
        page = child_page(at->branch, at->index);
    }
    *leaf = page;
    return 1;
}

/// Goes on within the branch of the number before, if the leaf is sure to be there.
static int advance(const lookup *self, uint64_t number, place *at, uint64_t *leaf) {
    size_t low = at->index, high = low + 1, step = 1;
    if (low == 0) return 0;
    const uint8_t *node = node_at(self, at->branch, low);
    if (!node || order_of(self, node, number) > 0) return 0;
    while (high < at->branch.count) {
        node = node_at(self, at->branch, high);
        if (!node) return 0;
        if (order_of(self, node, number) > 0) break;
        low = high;
        step *= 2;
        high = low + step;
    }
    if (high >= at->branch.count) {
        high = at->branch.count - 1;
        node = node_at(self, at->branch, high);
        // Behind the last child, the branch itself may end.
        if (!node || high <= low || order_of(self, node, number) <= 0) return 0;
    }
    long index = child_of(self, at->branch, low, high, number);
    if (index < 0) return 0;
    at->index = (size_t)index;
    *leaf = child_page(at->branch, at->index);
    return 1;
}

// MARK: Leaves

/// A key whose leaf is known.
typedef struct {
    node_page leaf;
    uint64_t page;
    size_t guess;
} pending;

/// About where the number is in its leaf: the branch tells where leaves begin.
static size_t first_guess(const lookup *self, const place *at, uint64_t number) {
    uint64_t low;
    if (self->tree->depth < 2) return 0;
    const uint8_t *node = node_at(self, at->branch, at->index);
    if (!node || !has_number(self, node, &low) || number < low) return 0;
    return number - low < SIZE_MAX / 2 ? (size_t)(number - low) : 0;
}

/// 1 and the node if the leaf has the number, 0 if not, −1 for a damaged page.
static int find(const lookup *self, const pending *key, uint64_t number, const uint8_t **found) {
    size_t low = 0, high = key->leaf.count, at = key->guess;
    for (int tries = 0; low < high; tries++) {
        const uint8_t *node = node_at(self, key->leaf, at);
        uint64_t own = 0;
        if (!node) return -1;
        int numbered = has_number(self, node, &own);
        int order = numbered ? (own > number) - (own < number) : order_of_other(self, node, number);
        if (order == 0) {
            *found = node;
            return 1;
        }
        if (order < 0) low = at + 1; else high = at;
        if (numbered && tries < CK_GUESSES) {
            // Numbers do not repeat, so that it is at most so far away.
            uint64_t distance = order < 0 ? number - own : own - number;
            if (order < 0) at = distance < high - at ? at + (size_t)distance : high - 1;
            else at = distance <= at - low ? at - (size_t)distance : low;
            if (at < high && distance < high - low) continue;
        }
        at = low + (high - low) / 2;
    }
    return 0;
}

static int value_of(const lookup *self, node_page leaf, const uint8_t *node, ck_stored_value *value) {
    const ck_page_tree *tree = self->tree;
    size_t size = (size_t)half(node) | (size_t)half(node + 2) << 16;
    const uint8_t *data = node + CK_NODE_HEADER_BYTES + half(node + 6);
    uint16_t flags = half(node + 4);
    size_t offset = (size_t)(data - leaf.page);
    if (flags == CK_VALUE_ON_PAGES) {
        if (offset + 8 > tree->page_bytes) return 0;
        uint64_t number = word(data);
        uint64_t pages = (CK_PAGE_HEADER_BYTES + size + tree->page_bytes - 1) / tree->page_bytes;
        if (number < 2 || number >= tree->page_count || pages > tree->page_count - number) return 0;
        value->bytes = tree->map + number * tree->page_bytes + CK_PAGE_HEADER_BYTES;
    } else {
        if (flags != 0 || offset + size > tree->page_bytes) return 0;
        value->bytes = data;
    }
    value->count = size;
    return 1;
}

// MARK: Groups

size_t ck_page_lookup(
    const ck_page_tree *tree, const uint8_t *prefix, uint64_t flip, const uint64_t *numbers, size_t count,
    ck_stored_value *values) {
    lookup self = {.tree = tree};
    pending keys[CK_GROUP_COUNT];
    place at = {.index = 0};
    memcpy(self.prefix_bytes, prefix, CK_KEY_PREFIX_BYTES);
    memcpy(&self.prefix, prefix, CK_KEY_PREFIX_BYTES);
    for (size_t first = 0; first < count; first += CK_GROUP_COUNT) {
        size_t group = count - first < CK_GROUP_COUNT ? count - first : CK_GROUP_COUNT;
        for (size_t i = 0; i < group; i++) {
            uint64_t number = numbers[first + i] ^ flip;
            if (!advance(&self, number, &at, &keys[i].page) && !descend(&self, number, &at, &keys[i].page)) return first;
            if (keys[i].page >= tree->page_count) return first;
            const uint8_t *page = tree->map + keys[i].page * tree->page_bytes;
            keys[i].guess = first_guess(&self, &at, number);
            __builtin_prefetch(page);
            // The guess is beyond the leaf's end where numbers have gaps.
            size_t offset = CK_PAGE_HEADER_BYTES + 2 * keys[i].guess;
            if (offset < tree->page_bytes) __builtin_prefetch(page + offset);
        }
        for (size_t i = 0; i < group; i++) {
            if (!open_page(tree, keys[i].page, CK_LEAF_PAGE, &keys[i].leaf)) return first;
            if (keys[i].guess >= keys[i].leaf.count) keys[i].guess = keys[i].leaf.count - 1;
            size_t offset = half(keys[i].leaf.page + CK_PAGE_HEADER_BYTES + 2 * keys[i].guess);
            if (offset + 64 < tree->page_bytes) {
                __builtin_prefetch(keys[i].leaf.page + offset);
                __builtin_prefetch(keys[i].leaf.page + offset + 63);
            }
        }
        for (size_t i = 0; i < group; i++) {
            const uint8_t *node = NULL;
            int found = find(&self, &keys[i], numbers[first + i] ^ flip, &node);
            if (found < 0) return first;
            values[first + i] = (ck_stored_value){NULL, 0};
            if (found && !value_of(&self, keys[i].leaf, node, &values[first + i])) return first;
        }
    }
    return count;
}
