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
KERNEL LANES(64, 1, 1) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    const int block_0 = GROUP(0);
    const int lane_0 = LANE(0);
    const int x_0 = (block_0 * 64 + lane_0) % (8);
    const int rows_0 = (block_0 * 64 + lane_0) / (8);
    const int y_0 = (rows_0) % (8);
    const int planes_0 = (rows_0) / (8);
    const int f_0 = (planes_0) % (8);
    const int n_0 = (planes_0) / (8);
    const int g_0 = (f_0) / (8);
    acc_0_0 = m2[f_0];
    for (int rc_0 = 0; rc_0 < 8; rc_0 += 1)
    {
        for (int ry_0 = 0; ry_0 < 3; ry_0 += 1)
        {
            for (int rx_0 = 0; rx_0 < 3; rx_0 += 1)
            {
                acc_0_0 = fma(m0[rc_0 * 100 + ry_0 * 10 + rx_0 + n_0 * 800 + g_0 * 800 + y_0 * 10 + x_0], m1[rc_0 * 9 + ry_0 * 3 + rx_0 + f_0 * 72], acc_0_0);
            }
        }
    }
    acc_0_0 = upper(0.0f, acc_0_0);
    m4[n_0 * 512 + f_0 * 64 + y_0 * 8 + x_0] = acc_0_0;
}
