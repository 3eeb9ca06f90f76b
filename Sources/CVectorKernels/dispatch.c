// Chooses among the three builds of kernels.inc.
#include "CVectorKernels.h"

extern const prisma_kernels prisma_kernels_plain;
#if defined(__x86_64__)
extern const prisma_kernels prisma_kernels_avx2;
extern const prisma_kernels prisma_kernels_avx512;
#endif

const prisma_kernels *prisma_kernels_at(int level) {
    switch (level) {
    case 0:
        return &prisma_kernels_plain;
#if defined(__x86_64__)
    case 1:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &prisma_kernels_avx2 : NULL;
    case 2:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
                   ? &prisma_kernels_avx512
                   : NULL;
#endif
    default:
        return NULL;
    }
}

void prisma_pack(const float *w, ptrdiff_t k_stride, ptrdiff_t n_stride, ptrdiff_t k, ptrdiff_t n, ptrdiff_t panel,
                 float *packed) {
    enum { block = 16 };  // rows of w taken together, so that a transposed w is read along its lines
    for (ptrdiff_t j0 = 0; j0 < n; j0 += panel, packed += k * panel) {
        ptrdiff_t width = n - j0 < panel ? n - j0 : panel;
        for (ptrdiff_t i0 = 0; i0 < k; i0 += block) {
            ptrdiff_t end = i0 + block < k ? i0 + block : k;
            for (ptrdiff_t j = 0; j < panel; j++)
                for (ptrdiff_t i = i0; i < end; i++)
                    packed[i * panel + j] = j < width ? w[i * k_stride + (j0 + j) * n_stride] : 0.0f;
        }
    }
}
