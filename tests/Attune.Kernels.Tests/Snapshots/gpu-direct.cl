#define KERNEL __kernel
#define GLOBAL __global
#define SHARED __local
#define RESTRICT restrict
#define LANES(x, y, z) __attribute__((reqd_work_group_size(x, y, z)))
#define GROUP(axis) ((int)get_group_id(axis))
#define LANE(axis) ((int)get_local_id(axis))
#define UNIT ((int)get_global_id(0))
#define WAIT barrier(CLK_LOCAL_MEM_FENCE)
#define WAIT_FOR_ALL barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define BITS(x) as_int(x)
#define NUMBER(x) as_float(x)
#define FUNCTION static
#pragma OPENCL FP_CONTRACT OFF
FUNCTION float lower(float a, float b) { return a < b ? a : b; }
FUNCTION float upper(float a, float b) { return a > b ? a : b; }

/* conv2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1 */
KERNEL LANES(4, 8, 8) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0, a_0_0, b_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    SHARED float xs_0[120];
    SHARED float ws_0[144];
    const int bz_0 = GROUP(2);
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int tf_0 = LANE(2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    acc_0_0 = m2[tf_0];
    for (int rco_0 = 0; rco_0 < 4; rco_0 += 1)
    {
        WAIT;
        if (tf_0 * 32 + ty_0 * 4 + tx_0 < 120)
        {
            const int c_0 = (tf_0 * 32 + ty_0 * 4 + tx_0) / (60);
            const int q_0 = (tf_0 * 32 + ty_0 * 4 + tx_0) % (60);
            const int r_0 = (q_0) / (6);
            const int s_0 = (q_0) % (6);
            xs_0[tf_0 * 32 + ty_0 * 4 + tx_0] = m0[rco_0 * 200 + by_0 * 80 + bx_0 * 4 + bz_0 * 800 + c_0 * 100 + r_0 * 10 + s_0];
        }
        if (tf_0 * 32 + ty_0 * 4 + tx_0 < 144)
        {
            const int f_0 = (tf_0 * 32 + ty_0 * 4 + tx_0) / (18);
            const int q_1 = (tf_0 * 32 + ty_0 * 4 + tx_0) % (18);
            const int c_1 = (q_1) / (9);
            const int p_0 = (q_1) % (9);
            const int r_1 = (p_0) / (3);
            const int s_1 = (p_0) % (3);
            ws_0[tf_0 * 32 + ty_0 * 4 + tx_0] = m1[rco_0 * 18 + f_0 * 72 + c_1 * 9 + r_1 * 3 + s_1];
        }
        WAIT;
        a_0_0 = xs_0[ty_0 * 6 + tx_0];
        b_0_0 = ws_0[tf_0 * 18];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 1];
        b_0_0 = ws_0[tf_0 * 18 + 1];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 2];
        b_0_0 = ws_0[tf_0 * 18 + 2];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 6];
        b_0_0 = ws_0[tf_0 * 18 + 3];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 7];
        b_0_0 = ws_0[tf_0 * 18 + 4];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 8];
        b_0_0 = ws_0[tf_0 * 18 + 5];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 12];
        b_0_0 = ws_0[tf_0 * 18 + 6];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 13];
        b_0_0 = ws_0[tf_0 * 18 + 7];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 14];
        b_0_0 = ws_0[tf_0 * 18 + 8];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 60];
        b_0_0 = ws_0[tf_0 * 18 + 9];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 61];
        b_0_0 = ws_0[tf_0 * 18 + 10];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 62];
        b_0_0 = ws_0[tf_0 * 18 + 11];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 66];
        b_0_0 = ws_0[tf_0 * 18 + 12];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 67];
        b_0_0 = ws_0[tf_0 * 18 + 13];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 68];
        b_0_0 = ws_0[tf_0 * 18 + 14];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 72];
        b_0_0 = ws_0[tf_0 * 18 + 15];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 73];
        b_0_0 = ws_0[tf_0 * 18 + 16];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        a_0_0 = xs_0[ty_0 * 6 + tx_0 + 74];
        b_0_0 = ws_0[tf_0 * 18 + 17];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    }
    acc_0_0 = upper(0.0f, acc_0_0);
    m4[tf_0 * 64 + by_0 * 64 + ty_0 * 8 + bx_0 * 4 + tx_0 + bz_0 * 512] = acc_0_0;
}
