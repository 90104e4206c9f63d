/* conv2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g1/blocked-blocked/v1 */
KERNEL LANES(8, 2, 16) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0, acc_0_1, acc_0_2, acc_0_3, pa_0_0, pa_0_1, pa_0_2, pa_0_3, a_0_0, a_0_1, a_0_2, a_0_3;
    float b_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    SHARED float pieces_0[4096] ALIGNED;
    const int bz_0 = GROUP(2);
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int tz_0 = LANE(2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    const int first_0 = (tz_0 * 16 + ty_0 * 8 + tx_0) / (2);
    const int at_0 = (tz_0 * 16 + ty_0 * 8 + tx_0) % (2);
    const int first_1 = (tz_0 * 16 + ty_0 * 8 + tx_0) / (8);
    const int at_1 = (tz_0 * 16 + ty_0 * 8 + tx_0) % (8);
    const int ox_0 = (bx_0 * 8 + at_1) % (8);
    const int rest_0 = (bx_0 * 8 + at_1) / (8);
    acc_0_0 = 0.0f;
    acc_0_1 = 0.0f;
    acc_0_2 = 0.0f;
    acc_0_3 = 0.0f;
    if (first_0 < 72)
    {
        LOAD_FOUR(pa_0_0, pa_0_1, pa_0_2, pa_0_3, GLOBAL, m1 + by_0 * 8 + bz_0 * 576 + at_0 * 4 + first_0 * 8)
    }
    else
    {
        pa_0_0 = 0.0f;
        pa_0_1 = 0.0f;
        pa_0_2 = 0.0f;
        pa_0_3 = 0.0f;
    }
    STORE_FOUR(OF_GROUP, pieces_0 + first_0 * 8 + at_0 * 4, pa_0_0, pa_0_1, pa_0_2, pa_0_3)
    for (int i_0 = 0; i_0 < 4; i_0 += 1)
    {
        if (i_0 * 32 + first_1 < 72)
        {
            const int c_0 = (i_0 * 32 + first_1) / (9);
            const int tap_0 = (i_0 * 32 + first_1) % (9);
            const int ky_0 = (tap_0) / (3);
            const int kx_0 = (tap_0) % (3);
            pieces_0[i_0 * 256 + first_1 * 8 + at_1 + 1024] = m0[bz_0 * 800 + rest_0 * 10 + ox_0 + c_0 * 100 + ky_0 * 10 + kx_0];
        }
        else
        {
            pieces_0[i_0 * 256 + first_1 * 8 + at_1 + 1024] = 0.0f;
        }
    }
    WAIT;
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1024];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4 + 8)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1032];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4 + 16)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1040];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4 + 24)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1048];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4 + 32)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1056];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4 + 40)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1064];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4 + 48)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1072];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 64 + ty_0 * 4 + 56)
    b_0_0 = pieces_0[tz_0 * 64 + tx_0 + 1080];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    WAIT;
    WAIT;
    if (0 < tz_0)
    {
        pieces_0[tz_0 * 64 + ty_0 * 8 + tx_0 + -64] = acc_0_0;
        pieces_0[tz_0 * 64 + ty_0 * 8 + tx_0 + -48] = acc_0_1;
        pieces_0[tz_0 * 64 + ty_0 * 8 + tx_0 + -32] = acc_0_2;
        pieces_0[tz_0 * 64 + ty_0 * 8 + tx_0 + -16] = acc_0_3;
    }
    WAIT;
    if (tz_0 == 0)
    {
        for (int other_0 = 0; other_0 < 15; other_0 += 1)
        {
            acc_0_0 = (acc_0_0 + pieces_0[other_0 * 64 + ty_0 * 8 + tx_0]);
            acc_0_1 = (acc_0_1 + pieces_0[other_0 * 64 + ty_0 * 8 + tx_0 + 16]);
            acc_0_2 = (acc_0_2 + pieces_0[other_0 * 64 + ty_0 * 8 + tx_0 + 32]);
            acc_0_3 = (acc_0_3 + pieces_0[other_0 * 64 + ty_0 * 8 + tx_0 + 48]);
        }
        acc_0_0 = (acc_0_0 + m2[bz_0 * 8 + by_0 * 8 + ty_0 * 4]);
        acc_0_0 = upper(0.0f, acc_0_0);
        m4[bz_0 * 512 + by_0 * 512 + ty_0 * 256 + bx_0 * 8 + tx_0] = acc_0_0;
        acc_0_1 = (acc_0_1 + m2[bz_0 * 8 + by_0 * 8 + ty_0 * 4 + 1]);
        acc_0_1 = upper(0.0f, acc_0_1);
        m4[bz_0 * 512 + by_0 * 512 + ty_0 * 256 + bx_0 * 8 + tx_0 + 64] = acc_0_1;
        acc_0_2 = (acc_0_2 + m2[bz_0 * 8 + by_0 * 8 + ty_0 * 4 + 2]);
        acc_0_2 = upper(0.0f, acc_0_2);
        m4[bz_0 * 512 + by_0 * 512 + ty_0 * 256 + bx_0 * 8 + tx_0 + 128] = acc_0_2;
        acc_0_3 = (acc_0_3 + m2[bz_0 * 8 + by_0 * 8 + ty_0 * 4 + 3]);
        acc_0_3 = upper(0.0f, acc_0_3);
        m4[bz_0 * 512 + by_0 * 512 + ty_0 * 256 + bx_0 * 8 + tx_0 + 192] = acc_0_3;
    }
}
