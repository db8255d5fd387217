// The instruction set that the kernels use: the best one that the processor has, or one that tests force.
#ifndef CKERNELS_INSTRUCTION_SET_H
#define CKERNELS_INSTRUCTION_SET_H

enum {
    CK_BASELINE = 0,     // SSE2 on x86-64, NEON on arm64
    CK_AVX2 = 1,         // with FMA, F16C and POPCNT
    CK_AVX512 = 2,       // F, BW, VL, DQ
    CK_AVX512_VNNI = 3,  // with VNNI, and VPOPCNTDQ
};

/// The best instruction set that this processor supports.
int ck_best_instruction_set(void);

/// The one in use.
int ck_instruction_set(void);

/// Uses `wanted`, or the best one if the processor does not have it. Not during a call of a kernel on another thread
/// whose result must not change.
void ck_use_instruction_set(int wanted);

/// The one in use by the families for learning: the last bits of matrix products depend on it.
int ck_learning_instruction_set(void);

/// As ck_use_instruction_set, for the families for learning.
void ck_use_learning_instruction_set(int wanted);

#endif
