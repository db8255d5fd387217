// Which instruction set the kernels use.
#include "instruction_set.h"

#include <stdatomic.h>

static _Atomic int chosen;  // 0: not yet, else the instruction set + 1
static _Atomic int learning;

int ck_best_instruction_set(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("f16c") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("popcnt"))
        return CK_BASELINE;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq"))
        return CK_AVX2;
    if (!__builtin_cpu_supports("avx512vnni") || !__builtin_cpu_supports("avx512vpopcntdq")) return CK_AVX512;
    return CK_AVX512_VNNI;
#else
    return CK_BASELINE;
#endif
}

static int current(_Atomic int *set) {
    int known = atomic_load_explicit(set, memory_order_relaxed);
    if (known == 0) {
        known = ck_best_instruction_set() + 1;
        atomic_store_explicit(set, known, memory_order_relaxed);
    }
    return known - 1;
}

static void use(int wanted, _Atomic int *set) {
    int best = ck_best_instruction_set();
    if (wanted < CK_BASELINE || wanted > best) wanted = best;
    atomic_store_explicit(set, wanted + 1, memory_order_relaxed);
}

int ck_instruction_set(void) { return current(&chosen); }

void ck_use_instruction_set(int wanted) { use(wanted, &chosen); }

int ck_learning_instruction_set(void) { return current(&learning); }

void ck_use_learning_instruction_set(int wanted) { use(wanted, &learning); }
