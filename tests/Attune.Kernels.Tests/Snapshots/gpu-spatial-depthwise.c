/* depthwise2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g8/blocked-blocked/v1 */
KERNEL LANES(1, 4, 8) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0, a_0_0, b_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    const int bz_0 = GROUP(2);
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int tc_0 = LANE(2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    acc_0_0 = m2[tc_0];
    for (int ry_0 = 0; ry_0 < 3; ry_0 += 1)
    {
        for (int rx_0 = 0; rx_0 < 3; rx_0 += 1)
        {
            a_0_0 = m0[tc_0 * 100 + by_0 * 40 + ty_0 * 10 + ry_0 * 10 + bx_0 + tx_0 + rx_0 + bz_0 * 800];
            b_0_0 = m1[tc_0 * 9 + ry_0 * 3 + rx_0];
            acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        }
    }
    acc_0_0 = upper(0.0f, acc_0_0);
    m4[tc_0 * 64 + by_0 * 32 + ty_0 * 8 + bx_0 + tx_0 + bz_0 * 512] = acc_0_0;
}
