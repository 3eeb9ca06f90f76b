#if defined(__x86_64__)
#define SUFFIX avx512
#define NAME "avx512"
#define LANES 16
#define TILE_ROWS 12
#define HAS_FMA 1
#define FMA(a, b, c) __builtin_elementwise_fma((a), (b), (c))
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,avx2,fma"))), apply_to = function)
#include "kernels.inc"
#pragma clang attribute pop
#endif
