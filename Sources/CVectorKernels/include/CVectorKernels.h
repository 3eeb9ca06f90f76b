// Vector kernels on float32 rows, one body compiled for each instruction set and chosen at run time.
//
// All pointers may be unaligned unless said otherwise; sizes are in elements. No kernel allocates.
#ifndef C_VECTOR_KERNELS_H
#define C_VECTOR_KERNELS_H

#include <stddef.h>

typedef enum prisma_activation {
    PRISMA_IDENTITY = 0,
    PRISMA_RELU = 1,
    PRISMA_GELU = 2,        // exact: x · Φ(x)
    PRISMA_GELU_TANH = 3,   // 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))
    PRISMA_QUICK_GELU = 4,  // x · σ(1.702 x)
    PRISMA_SILU = 5,        // x · σ(x)
} prisma_activation;

// c[m, n] = activation(a[m, k] · w + bias), or a · w + bias + residual, with w packed in panels (see prisma_pack).
// c may be the residual itself. An activation and a residual together are not supported.
typedef struct prisma_gemm {
    const float *a;
    ptrdiff_t a_stride;
    const float *panels;
    const float *bias;           // padded with zeros to whole panels
    const float *residual;       // or NULL
    ptrdiff_t residual_stride;
    float *c;
    ptrdiff_t c_stride;
    ptrdiff_t m, n, k;
    ptrdiff_t first_panel, end_panel;  // the panels of columns to compute
    prisma_activation activation;
} prisma_gemm;

// The adjoint of layer_norm over rows without gaps but those of x. With c = x − mean and s the scale that was divided by:
// gradient of the scale = −Σ g w c / s², gradient of x = (g w − mean(g w)) / s + gradient of the scale · c / (d · deviation).
typedef struct prisma_layer_norm_adjoint {
    const float *x;
    ptrdiff_t x_stride;
    const float *g;                // gradient by the normalised rows
    const float *w;                // or NULL for 1
    const float *scale;            // what was divided by, or NULL for the deviation of x
    const float *scale_gradient;   // by the scale, where something changed it; NULL for what follows from g
    float *scale_gradient_out;     // or NULL
    float *y;                      // gradient by x, or NULL; may be g
    float *w_gradient, *b_gradient;  // added to, or both NULL; not together with y = g
    float eps;
    ptrdiff_t rows, d;
} prisma_layer_norm_adjoint;

// What one instruction set offers.
typedef struct prisma_kernels {
    const char *name;
    ptrdiff_t panel;  // columns a packed panel has

    void (*gemm)(const prisma_gemm *);
    // y = activation(x); x and y may be the same.
    void (*activate)(prisma_activation, const float *x, float *y, ptrdiff_t count);
    // For each row of x [rows, d]: scale = √(mean((x − mean)²) + eps), y = (x − mean) / scale · w + b.
    // w and b may be NULL (then 1 and 0); scale may be NULL; x and y may be the same.
    void (*layer_norm)(const float *x, ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, float *scale, const float *w,
                       const float *b, float eps, ptrdiff_t rows, ptrdiff_t d);
    // For each row: y = softmax(x); x and y may be the same. A row whose maximum is −∞ or NaN becomes zeros.
    void (*softmax)(const float *x, ptrdiff_t x_stride, float *y, ptrdiff_t y_stride, ptrdiff_t rows, ptrdiff_t d);
    // y = a + b, elementwise; any two may be the same.
    void (*add)(const float *a, const float *b, float *y, ptrdiff_t count);
    // y = a · b, elementwise.
    void (*multiply)(const float *a, const float *b, float *y, ptrdiff_t count);
    // y = g · activation′(x); y may be x or g.
    void (*activate_adjoint)(prisma_activation, const float *x, const float *g, float *y, ptrdiff_t count);
    void (*layer_norm_adjoint)(const prisma_layer_norm_adjoint *);
    // For each row, p = softmax(x): y = p · (g − Σ p g), the gradient by x; y may be g.
    void (*softmax_adjoint)(const float *p, const float *g, float *y, ptrdiff_t rows, ptrdiff_t d);
} prisma_kernels;

// The kernels for `level` (0 plain, 1 AVX2, 2 AVX-512), or NULL where this processor cannot run them.
const prisma_kernels *prisma_kernels_at(int level);

// Packs w, of which element [k, n] is w[k · k_stride + n · n_stride], into panels of `panel` columns: panel p holds
// [k][panel] of columns p · panel …, missing columns as zeros. `packed` holds ⌈n / panel⌉ · k · panel elements.
void prisma_pack(const float *w, ptrdiff_t k_stride, ptrdiff_t n_stride, ptrdiff_t k, ptrdiff_t n, ptrdiff_t panel,
                 float *packed);

// The processors this process may run on.
int prisma_processors(void);

// Gives what the C library keeps of freed small blocks back to the system.
void prisma_trim_heap(void);

// Tells the processor that this thread spins.
static inline void prisma_spin_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

#endif
