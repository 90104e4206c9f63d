/* attention 2x16 q5 k7 masked */
KERNEL LANES(8, 8, 1) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, const GLOBAL float* m3, const int o3, GLOBAL float* m4, const int o4)
{
    float m_0_0, l_0_0, acc_0_0, acc_0_1, s_0_0, a_0_0, b_0_0, f_0_0, f_1_0, f_1_1, f_1_2, f_1_3;
    float f_1_4, b_0_1;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m3 += o3;
    m4 += o4;
    SHARED float qs_0[136];
    SHARED float ts_0[136];
    SHARED float ps_0[72];
    SHARED float rs_0[64];
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int head_0 = (by_0) % (2);
    const int n_0 = (by_0) / (2);
    const int ty_0 = LANE(1);
    const int tx_0 = LANE(0);
    for (int i_0 = 0; i_0 < 2; i_0 += 1)
    {
        const int line_0 = (i_0 * 64 + ty_0 * 8 + tx_0) / (16);
        const int at_0 = (i_0 * 64 + ty_0 * 8 + tx_0) % (16);
        const int inside_0 = min(bx_0 * 8 + line_0, 4);
        qs_0[line_0 * 17 + at_0] = (m0[n_0 * 160 + head_0 * 16 + inside_0 * 32 + at_0] * 0.25f);
    }
    m_0_0 = (-3.4028235E+38f);
    l_0_0 = 0.0f;
    acc_0_0 = 0.0f;
    acc_0_1 = 0.0f;
    WAIT;
    for (int i_1 = 0; i_1 < 2; i_1 += 1)
    {
        const int line_1 = (i_1 * 64 + ty_0 * 8 + tx_0) / (16);
        const int at_1 = (i_1 * 64 + ty_0 * 8 + tx_0) % (16);
        if (line_1 < 7)
        {
            ts_0[line_1 * 17 + at_1] = m1[n_0 * 224 + head_0 * 16 + line_1 * 32 + at_1];
        }
        else
        {
            ts_0[line_1 * 17 + at_1] = 0.0f;
        }
    }
    WAIT;
    s_0_0 = 0.0f;
    for (int e_0 = 0; e_0 < 16; e_0 += 1)
    {
        a_0_0 = qs_0[ty_0 * 17 + e_0];
        b_0_0 = ts_0[tx_0 * 17 + e_0];
        s_0_0 = fma(a_0_0, b_0_0, s_0_0);
    }
    if (tx_0 < 7)
    {
        s_0_0 = (s_0_0 + m3[tx_0]);
    }
    else
    {
        s_0_0 = NUMBER(0xff800000);
    }
    a_0_0 = s_0_0;
    rs_0[ty_0 * 8 + tx_0] = a_0_0;
    WAIT;
    f_0_0 = m_0_0;
    for (int o_0 = 0; o_0 < 8; o_0 += 1)
    {
        m_0_0 = upper(rs_0[ty_0 * 8 + o_0], m_0_0);
    }
    f_1_0 = upper((-88.1f), lower(88.8f, (f_0_0 - m_0_0)));
    f_1_1 = fma(f_1_0, 1.442695f, 12583039.0f);
    f_1_2 = (f_1_1 - 12583039.0f);
    f_1_3 = fma(f_1_2, 0.00021219444f, fma(f_1_2, (-0.6933594f), f_1_0));
    f_1_4 = (fma(fma(fma(fma(fma(fma(0.0013814451f, f_1_3, 0.008368782f), f_1_3, 0.041668393f), f_1_3, 0.1666652f), f_1_3, 0.49999994f), f_1_3, 1.0f), f_1_3, 1.0f) * NUMBER(BITS(f_1_1) << 23));
    f_0_0 = f_1_4;
    l_0_0 = (l_0_0 * f_0_0);
    acc_0_0 = (acc_0_0 * f_0_0);
    acc_0_1 = (acc_0_1 * f_0_0);
    f_1_0 = upper((-88.1f), lower(88.8f, (s_0_0 - m_0_0)));
    f_1_1 = fma(f_1_0, 1.442695f, 12583039.0f);
    f_1_2 = (f_1_1 - 12583039.0f);
    f_1_3 = fma(f_1_2, 0.00021219444f, fma(f_1_2, (-0.6933594f), f_1_0));
    f_1_4 = (fma(fma(fma(fma(fma(fma(0.0013814451f, f_1_3, 0.008368782f), f_1_3, 0.041668393f), f_1_3, 0.1666652f), f_1_3, 0.49999994f), f_1_3, 1.0f), f_1_3, 1.0f) * NUMBER(BITS(f_1_1) << 23));
    s_0_0 = f_1_4;
    l_0_0 = (l_0_0 + s_0_0);
    ps_0[ty_0 * 9 + tx_0] = s_0_0;
    for (int i_2 = 0; i_2 < 2; i_2 += 1)
    {
        const int line_2 = (i_2 * 64 + ty_0 * 8 + tx_0) / (16);
        const int at_2 = (i_2 * 64 + ty_0 * 8 + tx_0) % (16);
        if (line_2 < 7)
        {
            ts_0[line_2 * 16 + at_2] = m2[n_0 * 224 + head_0 * 16 + line_2 * 32 + at_2];
        }
        else
        {
            ts_0[line_2 * 16 + at_2] = 0.0f;
        }
    }
    WAIT;
    for (int k_0 = 0; k_0 < 8; k_0 += 1)
    {
        a_0_0 = ps_0[ty_0 * 9 + k_0];
        b_0_0 = ts_0[k_0 * 16 + tx_0];
        b_0_1 = ts_0[k_0 * 16 + tx_0 + 8];
        acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
        acc_0_1 = fma(a_0_0, b_0_1, acc_0_1);
    }
    rs_0[ty_0 * 8 + tx_0] = l_0_0;
    WAIT;
    l_0_0 = 0.0f;
    for (int o_1 = 0; o_1 < 8; o_1 += 1)
    {
        l_0_0 = (l_0_0 + rs_0[ty_0 * 8 + o_1]);
    }
    if (bx_0 * 8 + ty_0 < 5)
    {
        m4[bx_0 * 256 + ty_0 * 32 + tx_0 + n_0 * 160 + head_0 * 16] = (acc_0_0 / l_0_0);
        m4[bx_0 * 256 + ty_0 * 32 + tx_0 + n_0 * 160 + head_0 * 16 + 8] = (acc_0_1 / l_0_0);
    }
}
