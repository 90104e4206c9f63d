/* depthwise2d/1x8x8x8/8x3x3/s1x1/p1,1,1,1/d1x1/g8/blocked-blocked/v1 */
KERNEL LANES(8, 8, 1) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0, a_0_0, b_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    SHARED float xs_0[100];
    SHARED float ws_0[9];
    const int bz_0 = GROUP(2);
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int n_0 = (bz_0) / (8);
    const int bf_0 = (bz_0) % (8);
    const int tf_0 = LANE(2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    acc_0_0 = m2[tf_0 + bf_0];
    WAIT;
    for (int i_0 = 0; i_0 < 2; i_0 += 1)
    {
        if (i_0 * 64 + tf_0 * 64 + ty_0 * 8 + tx_0 < 100)
        {
            const int c_0 = (i_0 * 64 + tf_0 * 64 + ty_0 * 8 + tx_0) / (100);
            const int q_0 = (i_0 * 64 + tf_0 * 64 + ty_0 * 8 + tx_0) % (100);
            const int r_0 = (q_0) / (10);
            const int s_0 = (q_0) % (10);
            xs_0[i_0 * 64 + tf_0 * 64 + ty_0 * 8 + tx_0] = m0[by_0 * 80 + bx_0 * 8 + n_0 * 800 + bf_0 * 100 + c_0 * 100 + r_0 * 10 + s_0];
        }
    }
    if (tf_0 * 64 + ty_0 * 8 + tx_0 < 9)
    {
        const int f_0 = (tf_0 * 64 + ty_0 * 8 + tx_0) / (9);
        const int q_1 = (tf_0 * 64 + ty_0 * 8 + tx_0) % (9);
        const int c_1 = (q_1) / (9);
        const int p_0 = (q_1) % (9);
        const int r_1 = (p_0) / (3);
        const int s_1 = (p_0) % (3);
        ws_0[tf_0 * 64 + ty_0 * 8 + tx_0] = m1[bf_0 * 9 + f_0 * 9 + c_1 * 9 + r_1 * 3 + s_1];
    }
    WAIT;
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0];
    b_0_0 = ws_0[tf_0 * 9];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 1];
    b_0_0 = ws_0[tf_0 * 9 + 1];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 2];
    b_0_0 = ws_0[tf_0 * 9 + 2];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 10];
    b_0_0 = ws_0[tf_0 * 9 + 3];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 11];
    b_0_0 = ws_0[tf_0 * 9 + 4];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 12];
    b_0_0 = ws_0[tf_0 * 9 + 5];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 20];
    b_0_0 = ws_0[tf_0 * 9 + 6];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 21];
    b_0_0 = ws_0[tf_0 * 9 + 7];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    a_0_0 = xs_0[tf_0 * 100 + ty_0 * 10 + tx_0 + 22];
    b_0_0 = ws_0[tf_0 * 9 + 8];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    acc_0_0 = upper(0.0f, acc_0_0);
    m4[tf_0 * 64 + by_0 * 64 + ty_0 * 8 + bx_0 * 8 + tx_0 + n_0 * 512 + bf_0 * 64] = acc_0_0;
}
