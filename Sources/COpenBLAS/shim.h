#include <cblas.h>
#include <stddef.h>

// LAPACK as Fortran has it, which is inside OpenBLAS: matrices lie column by column, every argument is a pointer, and
// the lengths of strings follow at the end.

// Singular values and vectors, by divide and conquer.
void dgesdd_(const char *job, const int *rows, const int *columns, double *a, const int *a_stride, double *s, double *u,
             const int *u_stride, double *vt, const int *vt_stride, double *work, const int *work_length,
             int *integer_work, int *info, size_t job_length);

// Eigenvalues of a matrix without symmetry.
void dgeev_(const char *left, const char *right, const int *order, double *a, const int *a_stride, double *real,
            double *imaginary, double *vl, const int *vl_stride, double *vr, const int *vr_stride, double *work,
            const int *work_length, int *info, size_t left_length, size_t right_length);

// a = L · Q.
void dgelqf_(const int *rows, const int *columns, double *a, const int *a_stride, double *tau, double *work,
             const int *work_length, int *info);
