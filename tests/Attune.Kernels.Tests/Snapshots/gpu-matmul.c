/* matmul 6x5x6x19 */
KERNEL LANES(32, 2, 2) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, GLOBAL float* m2, const int o2)
{
    float acc_0_0, acc_0_1, acc_0_2, acc_0_3, a_0_0, a_0_1, a_0_2, a_0_3, b_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    SHARED float pieces_0[704] ALIGNED;
    const int bz_0 = GROUP(2);
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int inner_0 = (bz_0) % (3);
    const int outer_0 = (bz_0) / (3);
    const int tz_0 = LANE(2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    const int first_0 = (tz_0 * 64 + ty_0 * 32 + tx_0) / (8);
    const int at_0 = (tz_0 * 64 + ty_0 * 32 + tx_0) % (8);
    const int first_1 = (tz_0 * 64 + ty_0 * 32 + tx_0) / (32);
    const int at_1 = (tz_0 * 64 + ty_0 * 32 + tx_0) % (32);
    const int inside_0 = min(bx_0 * 32 + at_1, 18);
    acc_0_0 = 0.0f;
    acc_0_1 = 0.0f;
    acc_0_2 = 0.0f;
    acc_0_3 = 0.0f;
    if (first_0 < 8)
    {
        if (at_0 < 6)
        {
            const int inside_1 = min(by_0 * 8 + first_0, 4);
            pieces_0[at_0 * 12 + first_0] = m0[outer_0 * 90 + inner_0 * 30 + inside_1 * 6 + at_0];
        }
        else
        {
            pieces_0[at_0 * 12 + first_0] = 0.0f;
        }
    }
    for (int i_0 = 0; i_0 < 2; i_0 += 1)
    {
        if (i_0 * 4 + first_1 < 6)
        {
            pieces_0[i_0 * 128 + first_1 * 32 + at_1 + 96] = m1[i_0 * 76 + inner_0 * 114 + inside_0 + first_1 * 19];
        }
        else
        {
            pieces_0[i_0 * 128 + first_1 * 32 + at_1 + 96] = 0.0f;
        }
    }
    WAIT;
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 48 + ty_0 * 4)
    b_0_0 = pieces_0[tz_0 * 128 + tx_0 + 96];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 48 + ty_0 * 4 + 12)
    b_0_0 = pieces_0[tz_0 * 128 + tx_0 + 128];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 48 + ty_0 * 4 + 24)
    b_0_0 = pieces_0[tz_0 * 128 + tx_0 + 160];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    LOAD_FOUR(a_0_0, a_0_1, a_0_2, a_0_3, OF_GROUP, pieces_0 + tz_0 * 48 + ty_0 * 4 + 36)
    b_0_0 = pieces_0[tz_0 * 128 + tx_0 + 192];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_1 = fma(a_0_1, b_0_0, acc_0_1);
    acc_0_2 = fma(a_0_2, b_0_0, acc_0_2);
    acc_0_3 = fma(a_0_3, b_0_0, acc_0_3);
    WAIT;
    WAIT;
    if (0 < tz_0)
    {
        pieces_0[tz_0 * 256 + ty_0 * 32 + tx_0 + -256] = acc_0_0;
        pieces_0[tz_0 * 256 + ty_0 * 32 + tx_0 + -192] = acc_0_1;
        pieces_0[tz_0 * 256 + ty_0 * 32 + tx_0 + -128] = acc_0_2;
        pieces_0[tz_0 * 256 + ty_0 * 32 + tx_0 + -64] = acc_0_3;
    }
    WAIT;
    if (tz_0 == 0)
    {
        acc_0_0 = (acc_0_0 + pieces_0[ty_0 * 32 + tx_0]);
        acc_0_1 = (acc_0_1 + pieces_0[ty_0 * 32 + tx_0 + 64]);
        acc_0_2 = (acc_0_2 + pieces_0[ty_0 * 32 + tx_0 + 128]);
        acc_0_3 = (acc_0_3 + pieces_0[ty_0 * 32 + tx_0 + 192]);
        if (bx_0 * 32 + tx_0 < 19)
        {
            if (by_0 * 8 + ty_0 * 4 < 5)
            {
                m2[bz_0 * 95 + by_0 * 152 + ty_0 * 76 + bx_0 * 32 + tx_0] = acc_0_0;
            }
            if (by_0 * 8 + ty_0 * 4 + 1 < 5)
            {
                m2[bz_0 * 95 + by_0 * 152 + ty_0 * 76 + bx_0 * 32 + tx_0 + 19] = acc_0_1;
            }
            if (by_0 * 8 + ty_0 * 4 + 2 < 5)
            {
                m2[bz_0 * 95 + by_0 * 152 + ty_0 * 76 + bx_0 * 32 + tx_0 + 38] = acc_0_2;
            }
            if (by_0 * 8 + ty_0 * 4 + 3 < 5)
            {
                m2[bz_0 * 95 + by_0 * 152 + ty_0 * 76 + bx_0 * 32 + tx_0 + 57] = acc_0_3;
            }
        }
    }
}
