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
