/* depthwise2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g8/blocked-blocked/v1+conv2d/1x8x8x8/16x1x1/s1x1/p0,0,0,0/d1x1/g1/blocked-blocked/v1 */
KERNEL LANES(8, 16, 2) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0, pb_0_0, a_0_0, b_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    SHARED float pieces_0[384];
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int tz_0 = LANE(2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    const int first_0 = (tz_0 * 128 + ty_0 * 8 + tx_0) / (16);
    const int at_0 = (tz_0 * 128 + ty_0 * 8 + tx_0) % (16);
    const int first_1 = (tz_0 * 128 + ty_0 * 8 + tx_0) / (8);
    const int at_1 = (tz_0 * 128 + ty_0 * 8 + tx_0) % (8);
    const int ox_0 = (bx_0 * 8 + at_1) % (8);
    const int rest_0 = (bx_0 * 8 + at_1) / (8);
    acc_0_0 = 0.0f;
    if (first_0 < 8)
    {
        pieces_0[first_0 * 16 + at_0] = m1[by_0 * 16 + at_0 + first_0 * 16 + 72];
    }
    if (first_1 < 8)
    {
        pb_0_0 = m2[first_1];
        for (int ky_0 = 0; ky_0 < 3; ky_0 += 1)
        {
            pb_0_0 = fma(m0[ky_0 * 10 + rest_0 * 10 + ox_0 + first_1 * 100], m1[ky_0 * 3 + first_1 * 9], pb_0_0);
            pb_0_0 = fma(m0[ky_0 * 10 + rest_0 * 10 + ox_0 + first_1 * 100 + 1], m1[ky_0 * 3 + first_1 * 9 + 1], pb_0_0);
            pb_0_0 = fma(m0[ky_0 * 10 + rest_0 * 10 + ox_0 + first_1 * 100 + 2], m1[ky_0 * 3 + first_1 * 9 + 2], pb_0_0);
        }
        pb_0_0 = upper(0.0f, pb_0_0);
        pieces_0[first_1 * 8 + at_1 + 128] = pb_0_0;
    }
    WAIT;
    a_0_0 = pieces_0[tz_0 * 64 + ty_0];
    b_0_0 = pieces_0[tz_0 * 32 + tx_0 + 128];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = pieces_0[tz_0 * 64 + ty_0 + 16];
    b_0_0 = pieces_0[tz_0 * 32 + tx_0 + 136];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = pieces_0[tz_0 * 64 + ty_0 + 32];
    b_0_0 = pieces_0[tz_0 * 32 + tx_0 + 144];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = pieces_0[tz_0 * 64 + ty_0 + 48];
    b_0_0 = pieces_0[tz_0 * 32 + tx_0 + 152];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    WAIT;
    WAIT;
    if (0 < tz_0)
    {
        pieces_0[tz_0 * 128 + ty_0 * 8 + tx_0 + -128] = acc_0_0;
    }
    WAIT;
    if (tz_0 == 0)
    {
        acc_0_0 = (acc_0_0 + pieces_0[ty_0 * 8 + tx_0]);
        acc_0_0 = (acc_0_0 + m2[by_0 * 16 + ty_0 + 8]);
        acc_0_0 = upper(0.0f, acc_0_0);
        m4[by_0 * 1024 + ty_0 * 64 + bx_0 * 8 + tx_0] = acc_0_0;
    }
}
